// `pcasctl backfill` behind a pooler that gives each transaction a session of its choice.
#include "command_fixture.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using support::Result;

TEST_CASE("a transaction-mode pooler is as good as the server itself") {
    Backfill backfill;
    backfill.make_events(2000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(1900);
    backfill.database.exec("ALTER TABLE pcas_vectors ADD CONSTRAINT odd CHECK (session_id <> 's42')");
    const support::Pooler pooler(backfill.conninfo);

    const Result dry = backfill.run({"--postgres", pooler.conninfo(), "--dry-run"});
    CHECK_MESSAGE(summary(dry, "Successfully updated") == 1900, dry.err);
    const Result real = backfill.run({"--postgres", pooler.conninfo()});
    CHECK_MESSAGE(summary(real, "Successfully updated") == 1899, real.err);
    CHECK(summary(real, "Failed") == 1);
    CHECK(summary(real, "No vector") == 100);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NULL") == "1");
}

TEST_CASE("what holds for a run's transactions is set once for a session of its own, and in each of them where "
          "something stands between") {
    const Ready backfill(500);
    backfill.database.exec(R"(
        CREATE TABLE seen (settings text);
        CREATE SEQUENCE passed;
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'),
                                              current_setting('synchronous_commit'),
                                              (SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'pcasctl_settings%'));
            RETURN NULL;
        END $$;
        CREATE TRIGGER see AFTER UPDATE ON pcas_vectors EXECUTE FUNCTION see();
        CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('passed') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER hang_up BEFORE UPDATE ON pcas_vectors FOR EACH ROW
            WHEN (OLD.id = 'e250' AND NEW.metadata IS NOT NULL) EXECUTE FUNCTION hang_up())");
    const auto seen = [&backfill](const std::string &conninfo) {
        backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
        backfill.database.exec("TRUNCATE seen; ALTER SEQUENCE passed RESTART");
        const Result result = backfill.run({"--postgres", conninfo, "--lock-timeout", "3s"});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK_MESSAGE(contains(result.err, "lost the connection"), result.err);
        return backfill.value("SELECT string_agg(DISTINCT settings, ', ') FROM seen");
    };
    CHECK(seen(backfill.conninfo) == "3s 1min off 0");

    const support::Proxy link(backfill.conninfo, {"--tcp"});
    CHECK(seen(link.through_tcp(backfill.conninfo)) == "3s 1min off 1"); // prepared

    const support::Pooler pooler(backfill.conninfo);
    CHECK(seen(pooler.conninfo()) == "3s 1min on 0"); // sent whole
    std::vector<support::Connection> sessions;        // both that it has
    for (int session = 0; session < 2; ++session) {
        sessions.emplace_back(pooler.conninfo()).exec("BEGIN");
        CHECK(sessions.back().value("SHOW lock_timeout") == "0");
        CHECK(sessions.back().value("SHOW statement_timeout") == "0");
        CHECK(sessions.back().value("SHOW synchronous_commit") == "on");
    }
}

// As PgBouncer does it when another connection is lost in the middle of its answers.
TEST_CASE("an answer to somebody else, in a session that was handed on too early, is not taken for ours") {
    const Ready backfill(500);
    const support::Pooler pooler(backfill.conninfo);
    const support::Proxy link(pooler.conninfo());
    // The first turn is the connection's.
    SUBCASE("where it is asked for facts") {
        link.tell("stray 2 1");
    }
    SUBCASE("where it is told to update the first batch") {
        link.tell("stray 3 2");
    }
    SUBCASE("behind that") {
        link.tell("stray 4 2");
    }
    const Result result =
        backfill.run({"--postgres", link.through(pooler.conninfo()), "--batch-size", "50", "--jobs", "1"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    // More than once if the pooler does the same with what we had on its way.
    CHECK_MESSAGE(contains(result.err, "an answer to somebody else came, as from a pooler"), result.err);
    CHECK(summary(result, "Successfully updated") == 500);
    CHECK(backfill.updated() == "500");
}
