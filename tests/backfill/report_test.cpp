// What `pcasctl backfill` records of its failures (--report), and a run of what failed alone (--only-ids).
#include "resumable.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>

using support::Process;
using support::read_file;
using support::Result;
using support::write_file;
using Json = nlohmann::json;

// ---- --report -------------------------------------------------------------------------------------------------------

TEST_CASE("every failure is in the report, with its id, kind and reason, and a new run begins a new one") {
    Resumable backfill;
    backfill.sqlite("UPDATE events SET id = CAST(x'ff65' AS TEXT) WHERE id = 'e3000'");
    const Result result = backfill.run({"--report", backfill.report});
    CHECK(result.exit_code == 1);
    CHECK(contains(result.out, "What failed is recorded in " + backfill.report + ": give it as --only-ids"));
    std::map<std::string, int> kinds;
    for (const Json &failure : backfill.failures()) {
        ++kinds[failure["kind"]];
        if (failure.value("id", "") == "e7") CHECK(contains(failure["reason"], "soon"));
        if (failure.value("id", "") == "e42") CHECK(contains(failure["reason"], "odd"));
        if (failure.contains("id_hex")) CHECK(failure["id_hex"] == "ff65");
    }
    CHECK(kinds == std::map<std::string, int>{{"failed", 1}, {"no_vector", 299}, {"unreadable", 3}});

    backfill.database.exec("ALTER TABLE pcas_vectors DROP CONSTRAINT odd");
    backfill.run({"--report", backfill.report});
    CHECK(backfill.failures().size() == 302);
}

TEST_CASE("a run that does not come about leaves the report as it is, and so does one beside another") {
    Resumable backfill;
    backfill.run({"--report", backfill.report, "--checkpoint", backfill.checkpoint});
    const std::string report = read_file(backfill.report);
    CHECK(contains(refusal(backfill, {"--report", backfill.report, "--checkpoint", backfill.directory / "no" / "c"}),
                   "--checkpoint: cannot write"));
    CHECK(read_file(backfill.report) == report);

    std::filesystem::remove(backfill.checkpoint);
    backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
    LockedRow lock(backfill, "e5");
    Process process(backfill.command_line({"--postgres", backfill.conninfo, "--report", backfill.report, "--checkpoint",
                                           backfill.checkpoint, "--lock-timeout", "0"}));
    wait_until_blocked(backfill.database);
    CHECK(contains(refusal(backfill, {"--report", backfill.report}), "--report: another run is writing to"));
    CHECK(contains(refusal(backfill, {"--checkpoint", backfill.checkpoint}), "--checkpoint: another run goes on from"));
    lock.release();
    CHECK(process.wait().exit_code == 1);
    CHECK(read_file(backfill.report).size() == report.size());
    backfill.check_complete();
}

TEST_CASE("a report that takes no more ends the run, and nothing that it lacks is behind the checkpoint") {
    Resumable backfill;
    const Result result = backfill.run({"--report", "/dev/full", "--checkpoint", backfill.checkpoint, "-b", "5"});
    CHECK(result.exit_code == 3);
    CHECK(contains(result.out, "Backfill gave up"));
    CHECK(contains(result.err, "--report: cannot write /dev/full: No space left on device"));
    CHECK(summary(result, "Total events processed") >= 10); // e7 is the first that fails
    CHECK(backfill.stored()["events"]["id"] == "e5");

    const Result rest = backfill.run({"--report", backfill.report, "--checkpoint", backfill.checkpoint});
    CHECK(summary(rest, "Total events processed") == 3000);
    CHECK(backfill.failures().size() == 303);
    backfill.check_complete();
}

TEST_CASE("a disk that is full in the middle of a record costs no record, and leaves none that is cut") {
    Resumable backfill;
    const std::vector<std::string> options{"--report", backfill.report, "--checkpoint", backfill.checkpoint, "-b", "5"};
    std::vector<std::string> cramped{"bash", "-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\""}; // 2 KiB a file
    for (const std::string &word : backfill.command_line(options)) cramped.push_back(word);
    cramped.insert(cramped.end(), {"--postgres", backfill.conninfo});
    const Result result = support::run(cramped);
    CHECK_MESSAGE(result.exit_code == 3, result.err);
    CHECK(contains(result.err, "--report: cannot write " + backfill.report + ": File too large"));
    CHECK(std::filesystem::file_size(backfill.report) == 2048);

    const Result rest = backfill.run(options);
    CHECK(summary(rest, "Total events processed") == 3000);
    std::set<std::string> ids;
    for (const Json &failure : backfill.failures()) ids.insert(failure["id"]);
    CHECK(ids.size() == 303);
    backfill.check_complete();
}

TEST_CASE("no file of somebody else becomes a report") {
    Resumable backfill;
    const std::string notes = backfill.directory / "notes";
    write_file(notes, "mine\n");
    CHECK(contains(refusal(backfill, {"--report", notes}), "is not a report of backfill"));
    CHECK(read_file(notes) == "mine\n");
    CHECK(contains(refusal(backfill, {"--report", backfill.events_db}, 2), "--report and --sqlite name the same file"));
    CHECK(contains(
        refusal(backfill, {"--report", backfill.report, "--checkpoint", backfill.directory / "." / "report"}, 2),
        "--report and --checkpoint name the same file"));
}

// ---- --only-ids -----------------------------------------------------------------------------------------------------

TEST_CASE("a report tells the next run what to try again, and nothing else is touched") {
    Resumable backfill;
    backfill.run({"--report", backfill.report});
    backfill.sqlite(
        "UPDATE events SET time = '2025-06-26T08:55:10Z' WHERE id = 'e7'; DELETE FROM events WHERE id = 'e2007'");
    backfill.database.exec("ALTER TABLE pcas_vectors DROP CONSTRAINT odd;"
                           "INSERT INTO pcas_vectors (id, embedding) VALUES ('e10', '{1}');"
                           "UPDATE pcas_vectors SET metadata = NULL WHERE id = 'e1'");

    const std::string left = backfill.directory / "left";
    const Result result = backfill.run({"--only-ids", backfill.report, "--report", left});
    CHECK(result.exit_code == 1);
    CHECK(summary(result, "Total events processed") == 303);
    CHECK(summary(result, "Successfully updated") == 3);
    CHECK(summary(result, "No vector") == 299);
    CHECK(summary(result, "Failed") == 1);
    CHECK(contains(result.err, "event_id=e2007 reason=\"no event has this id\""));
    CHECK(contains(read_file(left), R"({"id":"e2007","kind":"no_event","reason":"no event has this id"})"));
    CHECK(backfill.metadata("e1") == "NULL");
    CHECK(contains(backfill.metadata("e10"), "user0"));
}

TEST_CASE("a plain list, or standard input, names events as well, in either generation") {
    Resumable backfill;
    backfill.sqlite(R"(CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT, created_at DATETIME);
        INSERT INTO nodes (id, type, content) VALUES ('e1', 'event', '{"type":"from.graph","source":"s"}'),
                                                     ('n1', 'event', '{"type":"from.graph","source":"s"}'))");
    backfill.database.exec("INSERT INTO pcas_vectors (id, embedding) VALUES ('n1', '{1}')");
    support::RunOptions input;
    input.input = "e1\r\n\ne2\nn1\ne1\n";
    const Result result = backfill.run({"--only-ids", "-", "--output", "json"}, input);
    const Json json = Json::parse(result.out);
    CHECK(json["processed"] == 4);
    CHECK(json["updated"] == 3);
    CHECK(json["unchanged"] == 1);
    CHECK(backfill.value("SELECT string_agg(id || ' ' || (metadata->>'event_type'), ',' ORDER BY id) FROM pcas_vectors "
                         "WHERE metadata IS NOT NULL")
          == "e1 from.graph,e2 pcas.note.v1,n1 from.graph");
}

TEST_CASE("an id that a list names again and again is updated once") {
    Ready backfill(300);
    std::string ids;
    for (int event = 1; event <= 200; ++event) ids += "e" + std::to_string(event) + "\n";
    for (int again = 0; again < 50; ++again) ids += "e250\n";
    support::RunOptions how;
    how.input = ids;
    const Result result = backfill.run({"--only-ids", "-", "--batch-size", "100"}, how);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 201);
    CHECK(summary(result, "Unchanged") == 49);
}

TEST_CASE("a list that does not fit is wrong usage, or said to be unreadable") {
    Resumable backfill;
    write_file(backfill.report, "{\"id\":\"e1\"}\ne2\n");
    CHECK(contains(refusal(backfill, {"--only-ids", "x", "--checkpoint", "y"}, 2), "do not go together"));
    CHECK(contains(refusal(backfill, {"--only-ids", backfill.report, "--report", backfill.report}, 2),
                   "--report and --only-ids name the same file"));
    CHECK(contains(refusal(backfill, {"--only-ids", backfill.directory / "none"}), "No such file or directory"));
    const Result mixed = backfill.run({"--only-ids", backfill.report});
    CHECK(mixed.exit_code == 3);
    CHECK_MESSAGE(contains(mixed.err, "line 2 of " + backfill.report + " is not a record"), mixed.err);
}
