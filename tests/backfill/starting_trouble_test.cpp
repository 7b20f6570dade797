// `pcasctl backfill` when a run cannot start, or not yet: what is wrong with the server, the table, the privileges, the
// files or the options is found before the first batch, and said in one line. Trouble in the middle is in
// trouble_test.cpp.
#include "command_fixture.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>

#include <string>

using support::create_vectors_table;
using support::Result;

TEST_CASE("what would doom every update is found before the first, and said in one line") {
    Ready backfill;
    const std::string before = backfill.row_versions();
    std::string said;
    std::string expected;
    const auto complaint_of_other = [&backfill](const std::string &definition) {
        backfill.database.exec(definition);
        return complaint(backfill, {"--table", "other"});
    };
    SUBCASE("no server") {
        said = complaint(backfill, {"--postgres", "host=/nonexistent dbname=pcas"});
        expected = "/nonexistent/.s.PGSQL.5432\" failed: No such file or directory; Is the server running";
    }
    SUBCASE("no database") {
        said = complaint(backfill, {"--postgres", backfill.conninfo + " dbname=nosuch"});
        expected = "database \"nosuch\" does not exist";
    }
    SUBCASE("no table") {
        said = complaint(backfill, {"--table", "nosuch"});
        expected = "there is no table \"nosuch\"";
    }
    SUBCASE("another table") {
        said = complaint_of_other("CREATE TABLE other (id text, embedding real[])");
        expected = "has no column metadata";
    }
    SUBCASE("wrong type") {
        said = complaint_of_other("CREATE TABLE other (id text, metadata json)");
        expected = "column metadata of table \"other\" is of type json, not jsonb";
    }
    SUBCASE("wrong type of id") {
        said = complaint_of_other("CREATE TABLE other (id integer, metadata jsonb)");
        expected = "column id of table \"other\" is of type integer, not text";
    }
    SUBCASE("a view that cannot be written through") {
        said = complaint_of_other("CREATE VIEW other AS SELECT DISTINCT id, metadata FROM pcas_vectors");
        expected = "\"other\" cannot be updated";
    }
    SUBCASE("a materialized view") {
        said = complaint_of_other("CREATE MATERIALIZED VIEW other AS SELECT id, metadata FROM pcas_vectors");
        expected = "\"other\" cannot be updated; name the table of PCAS's vectors with --table: cannot change "
                   "materialized view";
    }
    SUBCASE("a view whose metadata is an expression") {
        said = complaint_of_other("CREATE VIEW other AS SELECT id, metadata || '{}' AS metadata FROM pcas_vectors");
        expected = "cannot update column \"metadata\" of view \"other\"";
    }
    SUBCASE("a view whose owner may not write") {
        backfill.create_role("showman", "SELECT");
        said = complaint_of_other(
            "CREATE VIEW other AS SELECT id, metadata FROM pcas_vectors; ALTER VIEW other OWNER TO showman");
        expected = "permission denied for table pcas_vectors";
    }
    SUBCASE("metadata that the server generates") {
        said = complaint_of_other("CREATE TABLE other (id text, metadata jsonb GENERATED ALWAYS AS ('{}') STORED)");
        expected = "Column \"metadata\" is a generated column";
    }
    SUBCASE("a database that cannot hold every text") {
        backfill.database.exec("DROP DATABASE IF EXISTS latin");
        backfill.database.exec(
            "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        said = complaint(backfill, {"--postgres", backfill.conninfo + " dbname=latin"});
        expected = "encoding is LATIN1, not UTF8";
    }
    SUBCASE("read-only") {
        backfill.database.exec("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
                               "current_database()); END $$");
        said = complaint(backfill, {});
        expected = "read-only";
    }
    SUBCASE("no privilege") {
        said = complaint(backfill, {"--postgres", backfill.create_role("reader", "SELECT")});
        expected = "GRANT UPDATE (metadata) ON \"pcas_vectors\" TO reader";
    }
    SUBCASE("no privilege to make updates durable") {
        change_privilege_to_flush(backfill, "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC");
        said = complaint(backfill, {"--postgres", backfill.create_role("hasty")});
        expected = "cannot make updates durable: permission denied for function pg_logical_emit_message";
    }
    CHECK_MESSAGE(contains(said, expected), said);
    CHECK(backfill.row_versions() == before);
}

TEST_CASE("SELECT and UPDATE (metadata) are privileges enough") {
    Ready backfill;
    const std::string by_writer = backfill.create_role("writer", "SELECT (id, metadata), UPDATE (metadata)");
    const Result result = backfill.run({"--postgres", by_writer});
    CHECK_MESSAGE(summary(result, "Successfully updated") == 20, result.err);
}

TEST_CASE("a dry run needs no privilege to update, but says that the real run would") {
    Ready backfill;
    const Result result = backfill.run({"--dry-run", "--postgres", backfill.create_role("reader", "SELECT")});
    CHECK(result.exit_code == 0);
    CHECK(summary(result, "Successfully updated") == 20);
    CHECK(contains(result.err, "may not update"));
}

TEST_CASE("a table that somebody takes away while the run waits for it is told to be gone") {
    Ready backfill;
    support::Connection other(backfill.conninfo);
    other.exec("BEGIN; ALTER TABLE pcas_vectors RENAME TO elsewhere");
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo, "--lock-timeout", "1m"}));
    while (backfill.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill' "
                          "AND wait_event = 'relation'")
           == "0")
        continue;
    other.exec("COMMIT");
    const Result result = process.wait();
    CHECK(result.exit_code == 3);
    CHECK(result.err.rfind("pcasctl backfill: there is no table \"pcas_vectors\" in the database", 0) == 0);
}

TEST_CASE("trouble with the SQLite file is said in one line") {
    Backfill backfill;
    create_vectors_table(backfill.database, false);
    SUBCASE("not there") {
        CHECK(contains(complaint(backfill, {}), backfill.events_db));
    }
    SUBCASE("not SQLite") {
        support::write_file(backfill.events_db, std::string(4096, 'x'));
        CHECK(contains(complaint(backfill, {}), "SQLite"));
    }
    SUBCASE("another database") {
        backfill.sqlite("CREATE TABLE x (y)");
        CHECK(contains(complaint(backfill, {}), "events"));
    }
    SUBCASE("no events") {
        backfill.make_events(0);
        CHECK(contains(complaint(backfill, {}), "no events"));
    }
}

TEST_CASE("wrong usage is one line and exit code 2") {
    Ready backfill;
    CHECK(contains(complaint(backfill, {"--batch-size", "0"}, 2), "--batch-size"));
    CHECK(contains(complaint(backfill, {"-b", "ten"}, 2), "'ten'"));
    CHECK(contains(complaint(backfill, {"--dryrun"}, 2), "--dry-run"));
    CHECK(contains(complaint(backfill, {"--table", "a.b.c"}, 2), "'a.b.c' is not the name of a table"));
}

// ---- A server that takes nobody -------------------------------------------------------------------------------------

TEST_CASE("a server that takes nobody for the moment is tried again") {
    Ready backfill;
    const support::Proxy proxy(backfill.conninfo);
    const std::string conninfo = proxy.through(backfill.conninfo);
    for (const char *sqlstate : {"57P03", "53300"}) {
        CAPTURE(sqlstate);
        proxy.tell(std::string("deny ") + sqlstate);
        support::Process process(backfill.command_line({"--postgres", conninfo, "--retries", "50"}));
        process.wait_for_output("cannot connect to PostgreSQL yet, trying again");
        proxy.tell("admit");
        const Result result = process.wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
    }
    proxy.tell("deny 53300");
    const Result result = backfill.run({"--postgres", conninfo, "--retries", "1"});
    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(contains(result.err, "gave up after 1 attempt to connect again (--retries)"), result.err);
}

TEST_CASE("a server that will not take us later either is not tried again") {
    Ready backfill;
    const support::Proxy proxy(backfill.conninfo);
    proxy.tell("deny 28P01");
    const std::string said = complaint(backfill, {"--postgres", proxy.through(backfill.conninfo)});
    CHECK_MESSAGE(contains(said, "FATAL: the proxy was told to deny connections"), said);
}

// ---- Secrets --------------------------------------------------------------------------------------------------------

TEST_CASE("the password is never shown") {
    Ready backfill(3);
    const std::string secret = "s3cr3t-pa55";
    for (const std::string &uri :
         {"postgresql://user:" + secret + "@127.0.0.1:1/pcas", "host=/nonexistent password=" + secret,
          "postgresql://user:" + secret + "%zz@localhost/pcas", "postgresql://user:" + secret + "@[::1/pcas",
          "password=" + secret + " nonsense", "password='" + secret, backfill.conninfo + " password=" + secret}) {
        const Result result = backfill.run({"--postgres", uri, "--log-level", "trace"});
        CHECK_FALSE_MESSAGE(contains(result.out + result.err, secret), result.err);
    }
}
