// Rows that lie together in the table are found by their places, and all others by their ids.
#include "command_fixture.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using support::create_vectors_table;
using support::Result;

namespace {

// So small a table would be read as a whole now and then.
void use_the_index(const Backfill &backfill) {
    backfill.database.exec(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$");
}

// How many rows were found by their ids, in all of the table's time.
int looked_up(const Backfill &backfill) {
    backfill.database.exec("ANALYZE pcas_vectors");
    while (backfill.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'") != "0")
        continue; // a session's are counted when it ends
    return std::stoi(
        backfill.value("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'pcas_vectors_pkey'"));
}

void check_looked_up(const Backfill &backfill, int before, int least, int most) {
    if (std::stoi(backfill.value("SHOW server_version_num")) < 150000) return; // 14 counts later, those before cannot
    const int rows = looked_up(backfill) - before;
    CHECK(rows >= least);
    CHECK(rows <= most);
}

} // namespace

TEST_CASE("rows that lie in the order of the events are found together, and those that do not one by one") {
    Backfill backfill;
    backfill.make_events(3000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(3000);
    int there = 3000, failed = 0, looked_up_least = 0, looked_up_most = 0;
    SUBCASE("in order") {
        looked_up_most = there / 4;
    }
    SUBCASE("in order, but for some events there is none") {
        backfill.database.exec("DELETE FROM pcas_vectors WHERE hashtext(id) % 2 = 0");
        backfill.database.exec("VACUUM FULL pcas_vectors");
        there = std::stoi(backfill.value("SELECT count(*) FROM pcas_vectors"));
        looked_up_most = there / 4;
    }
    SUBCASE("in order, but some were written again and lie at the end") {
        backfill.database.exec("UPDATE pcas_vectors SET created_at = NULL WHERE hashtext(id) % 25 = 0");
        looked_up_most = there / 4;
    }
    SUBCASE("in order, but some events cannot be understood") {
        backfill.sqlite("UPDATE events SET time = 'noon' WHERE rowid % 50 = 0");
        failed = 60;
        looked_up_most = there / 4;
    }
    SUBCASE("in order, but the rows may be on other servers, which Citus does not tell otherwise") {
        backfill.database.exec("UPDATE pg_extension SET extname = 'citus' WHERE extname = 'plpgsql'");
        looked_up_least = there * 9 / 10;
        looked_up_most = 2 * there;
    }
    std::optional<support::Proxy> link;
    SUBCASE("in order, but over a slow link, which one more round trip for each batch would make slower") {
        link.emplace(backfill.conninfo, std::vector<std::string>{"--delay", "25"});
        looked_up_least = there * 9 / 10;
        looked_up_most = 2 * there;
    }
    SUBCASE("in another order") {
        backfill.database.exec("CREATE INDEX shuffled ON pcas_vectors (md5(id)); CLUSTER pcas_vectors USING shuffled; "
                               "DROP INDEX shuffled");
        looked_up_least = there * 9 / 10;
        looked_up_most = 2 * there;
    }
    if (looked_up_least > 0) use_the_index(backfill);
    const int before = looked_up(backfill);

    const Result result = backfill.run({"--postgres", link ? link->through(backfill.conninfo) : backfill.conninfo});

    CHECK_MESSAGE(result.exit_code == (failed == 0 ? 0 : 1), result.err);
    CHECK(summary(result, "Successfully updated") == there - failed);
    CHECK(summary(result, "No vector") == 3000 - there);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)")
          == std::to_string(there - failed));
    check_looked_up(backfill, before, looked_up_least, looked_up_most);
}

TEST_CASE(
    "a re-run reads rows where they lie together, in whatever order, and looks up by their ids those that do not") {
    Backfill backfill;
    backfill.make_events(6000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(6000);
    REQUIRE(backfill.run().exit_code == 0);
    int there = 6000, stale = 0, looked_up_least = 0, looked_up_most = there / 12;
    const auto lie_in_order_of = [&backfill](const std::string &columns) {
        backfill.database.exec("CREATE INDEX ordered ON pcas_vectors (" + columns
                               + "); CLUSTER pcas_vectors USING ordered; DROP INDEX ordered");
    };
    std::vector<std::string> options;
    SUBCASE("in order") {
        lie_in_order_of("(substr(id, 2)::int)");
    }
    SUBCASE("in order, in large batches") {
        lie_in_order_of("(substr(id, 2)::int)");
        options = {"--batch-size", "1000"};
        looked_up_most = 1000 + there / 12; // the first goes alone
    }
    SUBCASE("in order, of a dry run") {
        lie_in_order_of("(substr(id, 2)::int)");
        options = {"--dry-run"};
    }
    SUBCASE("in order, but each thousand in another one") {
        lie_in_order_of("(substr(id, 2)::int / 1000), md5(id)");
    }
    SUBCASE("in order, but some of them are not there, and some are stale and lie at the end") {
        lie_in_order_of("(substr(id, 2)::int)");
        backfill.database.exec("DELETE FROM pcas_vectors WHERE hashtext(id) % 4 = 0");
        backfill.database.exec("VACUUM pcas_vectors");
        backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL WHERE hashtext(id) % 25 = 1");
        there = std::stoi(backfill.value("SELECT count(*) FROM pcas_vectors"));
        stale = std::stoi(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NULL"));
    }
    SUBCASE("in another order") {
        lie_in_order_of("md5(id)");
        looked_up_least = there * 9 / 10;
        looked_up_most = 2 * there;
    }
    use_the_index(backfill);
    const int before = looked_up(backfill);

    const Result result = backfill.run(options);

    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Unchanged") == there - stale);
    CHECK(summary(result, "Successfully updated") == stale);
    CHECK(summary(result, "No vector") == 6000 - there);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)")
          == std::to_string(there));
    check_looked_up(backfill, before, looked_up_least, looked_up_most);
}

TEST_CASE("a look is not harmed by somebody else's rows that lie between ours and cannot be read") {
    Backfill backfill;
    backfill.make_events(3000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(3000);
    const std::string by_writer = backfill.create_role("writer", "SELECT, UPDATE (metadata)");
    REQUIRE(backfill.run().exit_code == 0);
    std::string error;
    SUBCASE("by their content") {
        error = "data_corrupted";
    }
    SUBCASE("by what the server has not enough of") {
        error = "out_of_memory";
    }
    backfill.database.exec(R"(
        INSERT INTO pcas_vectors (id, embedding) SELECT 'x' || i, ARRAY[i]::real[] FROM generate_series(500, 2500, 500) AS i;
        CREATE INDEX ordered ON pcas_vectors ((substr(id, 2)::int));
        CLUSTER pcas_vectors USING ordered;
        DROP INDEX ordered;
        CREATE FUNCTION is_ours(id text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            IF id LIKE 'x%' THEN RAISE )"
                           + error + R"(; END IF;
            RETURN true;
        END $$;
        ALTER TABLE pcas_vectors ENABLE ROW LEVEL SECURITY;
        CREATE POLICY see ON pcas_vectors TO writer USING (is_ours(id)))");
    use_the_index(backfill);
    const Result result = backfill.run({"--postgres", by_writer});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Unchanged") == 3000);
}
