// `pcasctl backfill` when something goes wrong in the middle of a run: with one event, the server, the table, the
// connections - and that each is told apart. What keeps a run from starting is in starting_trouble_test.cpp.
#include "command_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>

using support::Result;

namespace {

// A trigger that does this before a row is updated.
void before_update(const Backfill &backfill, const std::string &statements) {
    backfill.database.exec("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statements
                           + " RETURN new; END $$;"
                             "CREATE TRIGGER no BEFORE UPDATE ON pcas_vectors FOR EACH ROW EXECUTE FUNCTION no()");
}

// As a bug in an extension would, but for the others' sessions.
void end_the_connection_over(const Backfill &backfill, const std::string &condition) {
    before_update(backfill, "IF " + condition + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;");
}

} // namespace

// ---- One event ------------------------------------------------------------------------------------------------------

TEST_CASE("an event that the server rejects fails alone") {
    Ready backfill(100);
    std::string reason;
    SUBCASE("by a trigger") {
        before_update(backfill, "IF new.id = 'e42' THEN RAISE EXCEPTION 'not %', new.id; END IF;");
        reason = "not e42";
    }
    SUBCASE("by a trigger that fires when the batch commits") {
        backfill.database.exec(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF new.id = 'e42' THEN RAISE EXCEPTION 'not %', new.id; END IF; RETURN new; END $$;"
            "CREATE CONSTRAINT TRIGGER no AFTER UPDATE ON pcas_vectors DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION no()");
        reason = "not e42";
    }
    SUBCASE("by a constraint") {
        backfill.database.exec("ALTER TABLE pcas_vectors ADD CONSTRAINT odd CHECK (session_id <> 's42')");
        reason = "odd";
    }
    SUBCASE("by a trigger that keeps the row as it is") {
        before_update(backfill, "IF new.id = 'e42' THEN RETURN NULL; END IF;");
        reason = "left the row as it was";
    }
    SUBCASE("because its metadata has no place for keys") {
        backfill.database.exec("UPDATE pcas_vectors SET metadata = '[1]' WHERE id = 'e42'");
        reason = "JSON array";
    }

    const Result result = backfill.run();

    CHECK(result.exit_code == 1);
    CHECK_MESSAGE(summary(result, "Successfully updated") == 99, result.err);
    CHECK(summary(result, "Failed") == 1);
    CHECK(contains(result.err, "event_id=e42"));
    CHECK_MESSAGE(contains(result.err, reason), result.err);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata ? 'event_type'") == "99");
}

TEST_CASE("an event over which the server ends the connection each time fails alone") {
    Ready backfill(200);
    end_the_connection_over(backfill, "new.id = 'e42'");

    const Result result = backfill.run({"--retries", "3"});

    CHECK(result.exit_code == 1);
    CHECK_MESSAGE(summary(result, "Successfully updated") == 199, result.err);
    CHECK(summary(result, "Failed") == 1);
    CHECK(contains(result.err, "event_id=e42"));
    CHECK_MESSAGE(contains(result.err, "the connection is lost each time that the server gets to this event"),
                  result.err);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata ? 'event_type'") == "199");
}

TEST_CASE("where the server ends the connection over every update, or over many, the run ends") {
    Ready backfill(200);
    std::string expected, retries;
    SUBCASE("every one") {
        retries = "2";
        end_the_connection_over(backfill, "true");
        expected = "gave up after 2 attempts to connect again (--retries)";
    }
    SUBCASE("many") {
        retries = "6";
        end_the_connection_over(backfill, "new.id IN ('e12', 'e72', 'e132', 'e192')");
        expected = "each time that the server got to one of 4 events";
    }

    const Result result = backfill.run({"--retries", retries, "--batch-size", "10"});

    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(contains(result.err, expected), result.err);
    CHECK(summary(result, "Successfully updated") >= 0);
}

TEST_CASE("an event that cannot be understood fails alone, and its row is not touched") {
    Ready backfill(10);
    backfill.sqlite("UPDATE events SET time = '2025-02-30 00:00:00' WHERE id = 'e1';"
                    "UPDATE events SET user_id = CAST(x'ff' AS TEXT) WHERE id = 'e2';"
                    "UPDATE events SET source = CAST(x'610062' AS TEXT) WHERE id = 'e3'");

    const Result result = backfill.run();

    CHECK(result.exit_code == 1);
    CHECK(summary(result, "Successfully updated") == 7);
    CHECK(summary(result, "Failed") == 3);
    for (const char *id : {"e1", "e2", "e3"}) {
        CHECK(contains(result.err, std::string("event_id=") + id + " "));
        CHECK(backfill.metadata(id) == "NULL");
    }
}

TEST_CASE("an event that stays locked until the retries are used up fails alone") {
    Ready backfill;
    const LockedRow lock(backfill, "e7");
    const Result result = backfill.run({"--lock-timeout", "100ms", "--retries", "1"});
    CHECK_MESSAGE(result.exit_code == 1, result.err);
    CHECK(summary(result, "Successfully updated") == 19);
    CHECK(summary(result, "Failed") == 1);
    CHECK_MESSAGE(contains(result.err, "event_id=e7"), result.err);
    CHECK_MESSAGE(contains(result.err, "55P03"), result.err);
}

TEST_CASE("an event whose update takes longer than --statement-timeout fails alone") {
    Ready backfill;
    backfill.database.exec(R"(
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
        CREATE TRIGGER dawdle BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (OLD.id = 'e7') EXECUTE FUNCTION dawdle())");
    const Result result = backfill.run({"--statement-timeout", "1s", "--retries", "1"});
    CHECK_MESSAGE(result.exit_code == 1, result.err);
    CHECK(summary(result, "Successfully updated") == 19);
    CHECK(summary(result, "Failed") == 1);
    CHECK_MESSAGE(contains(result.err, "57014"), result.err);
}

// ---- The whole run --------------------------------------------------------------------------------------------------

TEST_CASE("fewer events than there were at the start are told of") {
    Ready backfill(5000);
    LockedRow lock(backfill, "e5"); // in the first batch, which goes alone
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo, "--lock-timeout", "0"}));
    wait_until_blocked(backfill.database);
    backfill.sqlite("DELETE FROM events WHERE rowid > 4990");
    lock.release();
    const Result result = process.wait();
    CHECK(result.exit_code == 0);
    CHECK(summary(result, "Total events processed") == 4990);
    CHECK_MESSAGE(contains(result.err, "fewer events were read than there were at the start"), result.err);
    CHECK_MESSAGE(contains(result.err, "at_the_start=5000 read=4990"), result.err);
}

TEST_CASE("who may have fewer connections than --jobs goes on with those") {
    Ready backfill(20'000);
    const std::string by_modest = backfill.create_role("modest");
    backfill.database.exec("ALTER ROLE modest CONNECTION LIMIT 1");
    LockedRow lock(backfill, "e150"); // so that there is more to do than one connection takes
    support::Process process(
        backfill.command_line({"--postgres", by_modest, "--jobs", "2", "--retries", "1", "--lock-timeout", "0"}));
    process.wait_for_output("going on with 1 connection to PostgreSQL: ");
    lock.release();
    const Result result = process.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 20'000);
}

TEST_CASE("Ctrl-C finishes what is on its way, prints the summary, and the next run does the rest") {
    Ready backfill(5000);
    LockedRow lock(backfill, "e150");
    auto argv = backfill.command_line({"--postgres", backfill.conninfo, "--batch-size", "10"});
    support::Process process(argv);
    wait_until_blocked(backfill.database);
    process.signal(SIGINT);
    process.wait_for_output("stop"); // the host says that it has understood
    lock.release();
    const Result result = process.wait();

    CHECK(result.exit_code == 130);
    CHECK(contains(result.out, "interrupted"));
    CHECK(contains(result.out, "Run the same command again"));
    const int updated = summary(result, "Successfully updated");
    CHECK(updated >= 150);
    CHECK(updated < 5000);
    CHECK(backfill.updated() == std::to_string(updated));

    const Result rest = backfill.run();
    CHECK(rest.exit_code == 0);
    CHECK(summary(rest, "Unchanged") == updated);
    CHECK(summary(rest, "Successfully updated") == 5000 - updated);
}

TEST_CASE("a lost connection heals") {
    Ready backfill(1000);
    LockedRow lock(backfill, "e500");
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo}));
    wait_until_blocked(backfill.database);
    backfill.database.exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'");
    process.wait_for_output("connecting again");
    lock.release();
    const Result result = process.wait();

    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Failed") == 0);
    CHECK(summary(result, "Total events processed") == 1000);
    // libpq says that in three lines, and breaks one sentence.
    CHECK_MESSAGE(contains(result.err, "server closed the connection unexpectedly; This probably means the server "
                                       "terminated abnormally before or while processing the request."),
                  result.err);
    CHECK(backfill.updated() == "1000");
}

TEST_CASE("a lock timeout is passing trouble: the batch is tried again") {
    Ready backfill(300);
    backfill.database.exec(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = 50', current_database()); END $$");
    LockedRow lock(backfill, "e150");
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo}));
    process.wait_for_output("will be tried again");
    lock.release();
    const Result result = process.wait();

    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 300);
}

TEST_CASE("a table that goes away in the middle ends the run with its one message and the summary") {
    Ready backfill(5000);
    LockedRow lock(backfill, "e1000");
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo}));
    take_table_away(backfill, lock);
    const Result result = process.wait();

    CHECK(result.exit_code == 3);
    CHECK(contains(result.out, "Backfill gave up"));
    CHECK_MESSAGE(contains(result.err, "there is no table \"pcas_vectors\""), result.err);
    CHECK_MESSAGE(backfill.value("SELECT count(*) FROM elsewhere WHERE metadata IS NOT NULL")
                      == std::to_string(summary(result, "Successfully updated")),
                  result.err);
}

TEST_CASE("updates that the server does not make durable end the run, and are not reported") {
    Ready backfill(3000);
    const std::string by_writer = backfill.create_role("writer");
    LockedRow lock(backfill, "e150");
    support::Process process(backfill.command_line({"--postgres", by_writer, "--jobs", "1"}));
    wait_until_blocked(backfill.database);
    change_privilege_to_flush(backfill, "REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC");
    lock.release();
    const Result result = process.wait();

    CHECK(result.exit_code == 3);
    CHECK(contains(result.out, "Backfill gave up"));
    CHECK_MESSAGE(contains(result.err, "cannot make updates durable: permission denied for function"), result.err);
    // The server's own log tells of some; what it did not tell of was to be flushed.
    CHECK(summary(result, "Successfully updated")
          < std::stoi(backfill.value("SELECT count(metadata) FROM pcas_vectors")));

    change_privilege_to_flush(backfill, "GRANT EXECUTE ON FUNCTION %s TO PUBLIC");
    const Result rest = backfill.run({"--postgres", by_writer});
    CHECK(rest.exit_code == 0);
    CHECK(backfill.value("SELECT count(metadata) FROM pcas_vectors") == "3000");
}

TEST_CASE("where the server does not tell of its log, updates are flushed") {
    Ready backfill(3000);
    backfill.database.exec("REVOKE EXECUTE ON FUNCTION pg_current_wal_flush_lsn() FROM PUBLIC");
    const Result result = backfill.run({"--postgres", backfill.create_role("writer")});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 3000);
}

TEST_CASE("where the server has no such log, or does not answer for it, the other statements stay prepared") {
    Ready backfill(3000);
    if (std::stoi(backfill.value("SHOW server_version_num")) < 140000) return; // does not tell what is used
    backfill.database.exec(R"(
        ALTER FUNCTION pg_current_wal_flush_lsn() RENAME TO elsewhere;
        CREATE TABLE used AS SELECT 0::bigint AS times;
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE used SET times = (SELECT sum(generic_plans + custom_plans) FROM pg_prepared_statements
                                      WHERE name LIKE 'pcasctl_update%');
            RETURN NEW;
        END $$;
        CREATE TRIGGER look BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (OLD.id = 'e2995') EXECUTE FUNCTION look())");
    SUBCASE("it has none") {}
    SUBCASE("it does not answer") {
        backfill.database.exec(R"(
            CREATE FUNCTION pg_current_wal_flush_lsn() RETURNS pg_lsn LANGUAGE plpgsql AS $$ BEGIN
                RAISE 'not here' USING ERRCODE = 'feature_not_supported';
            END $$)");
    }
    const Result result = backfill.run({"--batch-size", "10", "--jobs", "1"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 3000);
    CHECK(std::stoi(backfill.value("SELECT times FROM used")) >= 300); // once for each batch
}

TEST_CASE("where the server does not tell any more where rows lie, they are found by their ids") {
    Ready backfill(3000);
    const std::string by_writer = backfill.create_role("writer", "SELECT, UPDATE (metadata)");
    backfill.database.exec(R"(
        CREATE FUNCTION conceal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
            REVOKE SELECT ON pcas_vectors FROM writer;
            GRANT SELECT (id, metadata) ON pcas_vectors TO writer;
            RETURN new;
        END $$;
        CREATE TRIGGER conceal BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (old.id = 'e5') EXECUTE FUNCTION conceal())");
    const Result result = backfill.run({"--postgres", by_writer});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 3000);
    CHECK(backfill.value("SELECT has_table_privilege('writer', 'pcas_vectors', 'SELECT')") == "f");
}

TEST_CASE("rows are written and looked at, too, where the connection is lost while it is asked where they lie") {
    Ready backfill(3000);
    if (std::stoi(backfill.value("SHOW server_version_num")) < 140000) return; // rows are not found by their places
    const std::string by_writer = backfill.create_role("writer", "SELECT, UPDATE (metadata)");
    backfill.database.exec(R"(
        CREATE SEQUENCE asked;
        GRANT USAGE ON SEQUENCE asked TO writer;
        CREATE FUNCTION hang_up() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            IF current_query() LIKE '%SELECT v.id, v.ctid%' AND nextval('asked') = 1 THEN
                PERFORM pg_terminate_backend(pg_backend_pid());
            END IF;
            RETURN true;
        END $$;
        ALTER TABLE pcas_vectors ENABLE ROW LEVEL SECURITY;
        CREATE POLICY see ON pcas_vectors TO writer USING (hang_up()))");
    for (const std::string outcome : {"Successfully updated", "Unchanged"}) {
        CAPTURE(outcome);
        const Result result = backfill.run({"--postgres", by_writer});
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(occurrences(result.err, "lost the connection to PostgreSQL") == 1);
        CHECK(summary(result, outcome) == 3000);
        backfill.database.exec("ALTER SEQUENCE asked RESTART");
    }
}

TEST_CASE("a server that has run out of something is asked again, and given up on if it stays so") {
    Ready backfill;
    backfill.database.exec(R"(
        CREATE SEQUENCE attempts;
        CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('attempts') < TG_ARGV[0]::int THEN RAISE 'no space left on device' USING ERRCODE = 'disk_full'; END IF;
            RETURN NEW;
        END $$;)");
    const auto full_until = [&](const std::string &attempt) {
        backfill.database.exec(
            "DROP TRIGGER IF EXISTS fill ON pcas_vectors; CREATE TRIGGER fill BEFORE UPDATE ON pcas_vectors "
            "FOR EACH ROW WHEN (OLD.id = 'e7') EXECUTE FUNCTION fill('"
            + attempt + "')");
    };
    full_until("2");
    Result result = backfill.run({"--retries", "2"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(contains(result.err, "will be tried again"), result.err);
    CHECK(summary(result, "Successfully updated") == 20);

    backfill.database.exec("DROP TRIGGER fill ON pcas_vectors; UPDATE pcas_vectors SET metadata = NULL");
    full_until("1000000");
    result = backfill.run({"--retries", "1"});
    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(contains(result.err, "no space left on device"), result.err);
    CHECK(contains(result.out, "Backfill gave up"));
}

TEST_CASE("while it is sought which of the last events are rejected, nothing is flushed again and again") {
    Ready backfill(400);
    if (std::stoi(backfill.value("SHOW server_version_num")) < 140000) return; // does not tell what is used
    backfill.database.exec(R"(
        CREATE SEQUENCE flushes; -- which what is taken back leaves as it is
        CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM setval('flushes', (SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint + 1
                                         FROM pg_prepared_statements WHERE name LIKE 'pcasctl_flush%'));
            RAISE 'no thanks';
        END $$;
        CREATE TRIGGER reject BEFORE UPDATE ON pcas_vectors FOR EACH ROW EXECUTE FUNCTION reject())");
    const Result result = backfill.run({"--jobs", "1"});
    CHECK(summary(result, "Failed") == 400);
    CHECK(std::stoi(backfill.value("SELECT last_value FROM flushes")) - 1 <= 2); // behind the first batch, and the last
}

TEST_CASE("statements that somebody deallocates are sent whole from then on") {
    Ready backfill(500);
    backfill.database.exec(R"(
        CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN NEW; END $$;
        CREATE TRIGGER forget BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (OLD.id IN ('e50', 'e250')) EXECUTE FUNCTION forget())");
    const Result result = backfill.run({"--batch-size", "10"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 500);
}

TEST_CASE("names of statements that somebody has taken in the session are left to them") {
    Ready backfill(500);
    backfill.database.exec(R"(
        CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            EXECUTE (SELECT string_agg(format('PREPARE %I AS SELECT 1', replace(name, 'update', other)), ';')
                       FROM pg_prepared_statements, unnest('{update_together,check,flush,log_positions}'::text[]) AS other
                      WHERE name ~ '^pcasctl_update_[0-9a-f]+$');
            RETURN NEW;
        END $$;
        CREATE TRIGGER take BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (OLD.id = 'e5') EXECUTE FUNCTION take();
        DELETE FROM pcas_vectors WHERE id = 'e400')");
    const Result result = backfill.run({"--batch-size", "50", "--jobs", "1"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE_MESSAGE(contains(result.err, "later"), result.err);
    CHECK(summary(result, "Successfully updated") == 499);
    CHECK(summary(result, "No vector") == 1);
}
