// `pcasctl backfill` in several runs: interrupted and gone on with, and refused where it must not be. The measure is
// always the same: what an undisturbed run leaves behind.
#include "private_server.hpp"
#include "resumable.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <thread>

using support::create_vectors_table;
using support::Process;
using support::read_file;
using support::Result;
using support::write_file;
using Json = nlohmann::json;

TEST_CASE("a run that finishes says so in its checkpoint, and the next one processes only what was added since") {
    Resumable backfill;
    const Result first = backfill.run({"--checkpoint", backfill.checkpoint});
    CHECK(first.exit_code == 1);
    CHECK(summary(first, "Total events processed") == 3000);
    CHECK_MESSAGE(
        contains(first.out, "checkpoint is finished: with it, another run processes only events that are added"),
        first.out);
    CHECK(contains(first.out, "What failed is behind the checkpoint"));
    CHECK(backfill.stored()["finished"] == true);
    CHECK(backfill.stored()["events"] == Json{{"rowid", 3000}, {"id", "e3000"}});
    backfill.check_complete();

    const Result again = backfill.run({"--checkpoint", backfill.checkpoint});
    CHECK(again.exit_code == 0);
    CHECK(summary(again, "Total events processed") == 0);
    CHECK(contains(again.err, "of a run that finished"));
    CHECK(backfill.stored()["finished"] == true);

    backfill.sqlite("INSERT INTO events (id, type, source, specversion, time) VALUES ('new', 't', 's', '1', 0)");
    backfill.database.exec("INSERT INTO pcas_vectors (id, embedding) VALUES ('new', '{1}')");
    const Result added =
        backfill.run({"--checkpoint", backfill.checkpoint, "--batch-size", "1", "--log-level", "info"});
    CHECK(added.exit_code == 0);
    CHECK(summary(added, "Total events processed") == 1);
    CHECK(summary(added, "Successfully updated") == 1);
    CHECK(summary(added, "Processed earlier") == -1);
    CHECK(backfill.stored()["events"]["id"] == "new");
}

TEST_CASE("a run that was interrupted goes on behind its checkpoint, with its counts") {
    Resumable backfill;
    const std::vector<std::string> options{"--checkpoint",  backfill.checkpoint, "--report",
                                           backfill.report, "--batch-size",      "10"};
    int done = 0;
    {
        LockedRow lock(backfill, "e1505");
        std::vector<std::string> argv = backfill.command_line(options);
        argv.insert(argv.end(), {"--postgres", backfill.conninfo});
        Process process(argv);
        wait_until_blocked(backfill.database);
        process.signal(SIGINT);
        process.wait_for_output("stop");
        lock.release();
        const Result result = process.wait();
        CHECK(result.exit_code == 130);
        CHECK(contains(result.out, "Everything is done up to event \"e"));
        CHECK(contains(result.out, "Run the same command again to go on from there."));
        done = summary(result, "Total events processed");
        CHECK(done >= 1510);
        CHECK(done < 3000);
        CHECK(backfill.stored()["finished"] == false);
        CHECK(backfill.stored()["events"] == Json{{"rowid", done}, {"id", "e" + std::to_string(done)}});
    }

    const Result rest = backfill.run(options);
    CHECK(rest.exit_code == 1);
    CHECK(summary(rest, "Processed earlier") == done);
    CHECK(summary(rest, "Total events processed") == 3000);
    CHECK(summary(rest, "Successfully updated") == 2697);
    CHECK(summary(rest, "Unchanged") == 0); // nothing was done twice
    CHECK(summary(rest, "No vector") == 300);
    CHECK(summary(rest, "Failed") == 3);
    CHECK(backfill.failures().size() == 303); // of both runs
    backfill.check_complete();
}

TEST_CASE("a run that was killed, again and again, ends where an undisturbed run would have") {
    Resumable backfill;
    const std::vector<std::string> options{"--checkpoint", backfill.checkpoint,
                                           "--report",     backfill.report,
                                           "--batch-size", "10",
                                           "--jobs",       "1"}; // so that no run gets as far as the next one's lock
    backfill.take_a_second_for({"e401", "e1202", "e2003"});
    int done = 0;
    for (const int stop_at : {801, 1602, 2403}) {
        LockedRow lock(backfill, "e" + std::to_string(stop_at));
        std::vector<std::string> argv = backfill.command_line(options);
        argv.insert(argv.end(), {"--postgres", backfill.conninfo});
        Process process(argv);
        wait_until_blocked(backfill.database);
        done = backfill.wait_for_row_behind(done);
        process.signal(SIGKILL);
        CHECK(process.wait().exit_code == 128 + SIGKILL);
        lock.release();
        // The server may need a moment to notice.
        while (backfill.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'")
               != "0")
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        CHECK(done < stop_at);
    }

    const Result rest = backfill.run(options);
    CHECK(summary(rest, "Total events processed") == 3000);
    CHECK(summary(rest, "Successfully updated") + summary(rest, "Unchanged") == 2697);
    CHECK(summary(rest, "No vector") == 300);
    CHECK(summary(rest, "Failed") == 3);
    backfill.check_complete();
    // Every failure is recorded, some more than once.
    std::set<std::string> recorded;
    for (const Json &failure : backfill.failures()) recorded.insert(failure["id"].get<std::string>());
    CHECK(recorded.size() == 303);
}

TEST_CASE("a dry run reads a checkpoint, and leaves it and the report as they are") {
    Resumable backfill;
    backfill.run({"--checkpoint", backfill.checkpoint, "--report", backfill.report});
    backfill.sqlite("INSERT INTO events (id, type, source, specversion, time) VALUES ('new', 't', 's', '1', 0)");
    const std::string checkpoint = read_file(backfill.checkpoint), report = read_file(backfill.report);

    const Result dry = backfill.run({"--checkpoint", backfill.checkpoint, "--report", backfill.report, "--dry-run"});
    CHECK(summary(dry, "Total events processed") == 1);
    CHECK(summary(dry, "No vector") == 1);
    CHECK(read_file(backfill.checkpoint) == checkpoint);
    CHECK(read_file(backfill.report) == report);

    std::filesystem::remove(backfill.checkpoint);
    CHECK(summary(backfill.run({"--checkpoint", backfill.checkpoint, "--dry-run"}), "Total events processed") == 3001);
    CHECK_FALSE(std::filesystem::exists(backfill.checkpoint));
}

TEST_CASE("a checkpoint that is not of this source and this table is refused, and says what to do") {
    Resumable backfill;
    const std::vector<std::string> options{"--checkpoint", backfill.checkpoint};
    backfill.run(options);
    const std::string stored = read_file(backfill.checkpoint);
    std::string said, expected;
    SUBCASE("another SQLite file") {
        std::filesystem::remove(backfill.events_db);
        backfill.make_events(2999);
        said = refusal(backfill, options);
        expected = "it is of another file";
    }
    SUBCASE("another table") {
        backfill.database.exec("CREATE TABLE other (LIKE pcas_vectors INCLUDING ALL)");
        said = refusal(backfill, {"--checkpoint", backfill.checkpoint, "--table", "other"});
        expected = "and this run is for table public.other";
    }
    SUBCASE("a table that was dropped and made again") {
        backfill.database.exec("DROP TABLE pcas_vectors");
        create_vectors_table(backfill.database, true);
        said = refusal(backfill, options);
        expected = "it is of table public.pcas_vectors (";
    }
    SUBCASE("another database") {
        const Resumable other;
        said = refusal(other, options);
        expected = "in database";
    }
    SUBCASE("a table that was restored from an older backup") {
        backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
        said = refusal(backfill, options);
        expected = "was right when it was written, and is not now";
    }
    SUBCASE("damaged") {
        write_file(backfill.checkpoint, stored.substr(0, 100));
        ::chmod(backfill.checkpoint.c_str(), 0600);
        said = refusal(backfill, options);
        CHECK(read_file(backfill.checkpoint) == stored.substr(0, 100));
        expected = "it is not well-formed JSON";
    }
    CHECK_MESSAGE(contains(said, expected), said);
    CHECK_MESSAGE(contains(said, "Remove it to begin again"), said);
}

TEST_CASE("a trigger that rewrites what is ours keeps no run from going on, and hides nothing that was lost") {
    Resumable backfill;
    std::string rewritten;
    SUBCASE("to another text") {
        rewritten = R"(new.metadata || '{"user_id": "anonymous"}')";
    }
    SUBCASE("to what is no text") {
        rewritten = R"(new.metadata || '{"user_id": null, "event_source": [1]}')";
    }
    SUBCASE("to nothing") {
        rewritten = "new.metadata - 'user_id' - 'timestamp'";
    }
    backfill.database.exec("CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                           "new.metadata := "
                           + rewritten
                           + " || jsonb_build_object('written', clock_timestamp()); RETURN new; END $$;"
                             "CREATE TRIGGER meddle BEFORE UPDATE ON pcas_vectors "
                             "FOR EACH ROW EXECUTE FUNCTION meddle()");
    const support::Pooler pooler(backfill.conninfo);
    const std::vector<std::string> options{"--checkpoint", backfill.checkpoint};
    CHECK(summary(backfill.run(options), "Successfully updated") == 2697);

    const std::string before = backfill.row_versions();
    for (const std::string &conninfo : {backfill.conninfo, pooler.conninfo()}) {
        const Result again = backfill.run({"--checkpoint", backfill.checkpoint, "--postgres", conninfo});
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        CHECK(summary(again, "Total events processed") == 0);
    }
    const Result dry = backfill.run({"--checkpoint", backfill.checkpoint, "--dry-run"});
    CHECK(dry.exit_code == 0);
    CHECK_MESSAGE(contains(dry.err, "a run without --dry-run"), dry.err);
    CHECK(backfill.row_versions() == before);

    backfill.database.exec("ALTER TABLE pcas_vectors DISABLE TRIGGER meddle;"
                           "UPDATE pcas_vectors SET metadata = NULL;"
                           "ALTER TABLE pcas_vectors ENABLE TRIGGER meddle");
    CHECK(contains(refusal(backfill, options), "was right when it was written, and is not now"));
    backfill.database.exec("CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                           "RAISE 'no thanks'; END $$");
    CHECK(contains(refusal(backfill, options), "was right when it was written, and is not now"));
    backfill.database.exec("CREATE OR REPLACE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                           "RETURN NULL; END $$");
    CHECK(contains(refusal(backfill, options), "was right when it was written, and is not now"));
}

TEST_CASE("a row that a checkpoint is proved by is waited for while another session has locked it") {
    Resumable backfill;
    const std::vector<std::string> options{"--checkpoint", backfill.checkpoint};
    CHECK(backfill.run(options).exit_code == 1);
    backfill.database.exec("UPDATE pcas_vectors SET metadata = metadata - 'user_id'");
    LockedRow lock(backfill, backfill.stored()["witness"]["id"]);
    const auto options_with = [&](const std::string &retries) {
        std::vector<std::string> all{"--postgres", backfill.conninfo, "--lock-timeout", "50ms", "--retries", retries};
        all.insert(all.end(), options.begin(), options.end());
        return all;
    };
    SUBCASE("for a moment") {
        Process process(backfill.command_line(options_with("1000")));
        process.wait_for_output("will be tried again");
        lock.release();
        const Result result = process.wait();
        CHECK(result.exit_code == 3);
        CHECK_MESSAGE(contains(result.err, "was right when it was written, and is not now"), result.err);
    }
    SUBCASE("with all of its table, against readers too") {
        lock.session.exec("LOCK TABLE pcas_vectors IN ACCESS EXCLUSIVE MODE");
        Process process(backfill.command_line(options_with("1000")));
        process.wait_for_output("what would change in \"pcas_vectors\" will be tried again");
        lock.release();
        const Result result = process.wait();
        CHECK(result.exit_code == 3);
        CHECK_MESSAGE(contains(result.err, "was right when it was written, and is not now"), result.err);
    }
    SUBCASE("in vain") {
        const std::string before = backfill.row_versions();
        const Result result = backfill.run(options_with("2"));
        CHECK(result.exit_code == 3);
        CHECK_MESSAGE(contains(result.err, "gave up after 2 attempts (--retries)"), result.err);
        CHECK(backfill.row_versions() == before);
    }
    SUBCASE("until the user stops it") {
        Process process(backfill.command_line(options_with("1000")));
        process.wait_for_output("will be tried again");
        process.signal(SIGINT);
        const Result result = process.wait();
        CHECK_MESSAGE(result.exit_code == 130, result.err);
    }
}

TEST_CASE("a checkpoint knows its table again over another way to connect, as another user, and without privileges") {
    Resumable backfill;
    backfill.run({"--checkpoint", backfill.checkpoint});
    const std::string by_writer = backfill.create_role("writer");
    const Result result = backfill.run({"--checkpoint", backfill.checkpoint, "--postgres", by_writer});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Total events processed") == 0);

    // A role that may not see the server's number knows the server by its address.
    backfill.database.exec("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    CHECK(contains(refusal(backfill, {"--checkpoint", backfill.checkpoint, "--postgres", by_writer}), "of server "));
    std::filesystem::remove(backfill.checkpoint);
    for (const int total : {3000, 0})
        CHECK(summary(backfill.run({"--checkpoint", backfill.checkpoint, "--postgres", by_writer}),
                      "Total events processed")
              == total);
}

TEST_CASE("a checkpoint that cannot be written is found out before the first event") {
    Resumable backfill;
    for (const std::string &name : {std::string(backfill.directory / "no" / "c"), std::string()})
        CHECK(contains(refusal(backfill, {"--checkpoint", name}),
                       "--checkpoint: cannot write " + name + ": No such file"));
}

TEST_CASE("a checkpoint that can no longer be written is told at once, and costs no update") {
    Resumable backfill;
    std::filesystem::create_directory(backfill.directory / "kept");
    std::vector<std::string> argv =
        backfill.command_line({"--checkpoint", backfill.directory / "kept" / "c", "--postgres", backfill.conninfo});
    LockedRow lock(backfill, "e5");
    Process process(argv);
    wait_until_blocked(backfill.database);
    std::filesystem::remove_all(backfill.directory / "kept");
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // then the next batch makes a checkpoint due
    lock.release();
    const Result result = process.wait();
    CHECK(result.exit_code == 3);
    CHECK(occurrences(result.err, "--checkpoint: cannot write") == 2); // when it happened, and at the end
    CHECK(occurrences(result.err, "the run goes on, and tries again to write it") == 1);
    CHECK(summary(result, "Total events processed") == 3000);
    backfill.check_complete();
}

TEST_CASE("a run that has to give up says where, and the next one goes on from there") {
    Resumable backfill;
    LockedRow lock(backfill, "e1505");
    std::vector<std::string> argv = backfill.command_line(
        {"--checkpoint", backfill.checkpoint, "--batch-size", "10", "--postgres", backfill.conninfo});
    Process process(argv);
    take_table_away(backfill, lock);
    const Result result = process.wait();
    CHECK(result.exit_code == 3);
    const int done = summary(result, "Total events processed");
    const int reached = backfill.stored()["events"]["rowid"]; // what came back behind it is counted, but has gaps
    CHECK_MESSAGE(contains(result.out, "Everything is done up to event \"e" + std::to_string(reached) + "\" (row "),
                  result.out);
    CHECK(reached <= done);

    backfill.database.exec("ALTER TABLE elsewhere RENAME TO pcas_vectors");
    const Result rest = backfill.run({"--checkpoint", backfill.checkpoint});
    CHECK(summary(rest, "Processed earlier") == reached);
    CHECK(summary(rest, "Total events processed") == 3000);
    backfill.check_complete();
}

TEST_CASE("where a run was stopped stands in its JSON as it does in a checkpoint") {
    Resumable backfill;
    LockedRow lock(backfill, "e1505");
    std::vector<std::string> argv = backfill.command_line({"--checkpoint", backfill.checkpoint, "--batch-size", "10",
                                                           "--output", "json", "--postgres", backfill.conninfo});
    Process process(argv);
    wait_until_blocked(backfill.database);
    process.signal(SIGINT);
    process.wait_for_output("stop");
    lock.release();
    const Json json = Json::parse(process.wait().out);
    CHECK(json["status"] == "interrupted");
    CHECK(json["done_up_to"] == Json{{"events", backfill.stored()["events"]}, {"nodes", nullptr}});
    CHECK(json["done_up_to"]["events"]["rowid"] == json["processed"]);
}
