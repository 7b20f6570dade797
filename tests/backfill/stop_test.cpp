// `pcasctl backfill` is asked to stop while it waits: for its own pace, for a standby, for a row, for the SQLite file. The
// summary comes soon, and not when the wait would have ended. What "soon" is here leaves room for any machine; the waits
// would take minutes.
#include "command_fixture.hpp"
#include "server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>

using support::Process;
using support::Result;

namespace {

// Asks a run to stop that waits already.
Result stop(const Ready &backfill, Process &process) {
    const auto asked = std::chrono::steady_clock::now();
    process.signal(SIGTERM);
    Result result = process.wait();
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(40));
    CHECK_MESSAGE(result.exit_code == 143, result.err);
    CHECK(contains(result.out, "Backfill interrupted\n"));
    CHECK(contains(result.out, "Run the same command again to go on"));
    CHECK(std::to_string(summary(result, "Successfully updated")) == backfill.updated());
    return result;
}

} // namespace

TEST_CASE("for its own pace") {
    const Ready backfill(300);
    Process process(backfill.command_line({"--postgres", backfill.conninfo, "--batch-size", "100", "--max-rate", "1"}));
    process.wait_for_output("processed=100 ");
    const Result result = stop(backfill, process);
    CHECK(summary(result, "Total events processed") == 100);
    CHECK(contains(result.out, "Everything is done up to event \"e100\" "));
}

TEST_CASE("for a standby that is behind") {
    const Ready backfill(300);
    // Stands in for a standby: it is found before the server's own view of that name.
    backfill.database.exec("CREATE SCHEMA standby; CREATE VIEW standby.pg_stat_replication AS "
                           "SELECT 'streaming' AS state, interval '1 hour' AS replay_lag");
    Process process(
        backfill.command_line({"--postgres", backfill.conninfo + " options='-c search_path=standby,pg_catalog,public'",
                               "--pause-on-lag", "1s"}));
    process.wait_for_output("waiting: a standby is 3600.0 s behind");
    const Result result = stop(backfill, process);
    CHECK(summary(result, "Total events processed") == 0);
}

TEST_CASE("for a row that stays locked: it is left for another run, and has not failed") {
    const Ready backfill(300);
    const LockedRow lock(backfill, "e107");
    Process process(
        backfill.command_line({"--postgres", backfill.conninfo, "--lock-timeout", "1s", "--retries", "1000"}));
    process.wait_for_output(" 1 event will be tried again");
    const Result result = stop(backfill, process);
    CHECK(summary(result, "Failed") == 0);
    CHECK(contains(result.out, "Everything is done up to event \"e100\" "));
}

TEST_CASE("for the SQLite file, which another program keeps locked") {
    const Ready backfill(6000);
    LockedRow lock(backfill, "e5"); // in the first batch, behind which the file is read again
    Process process(
        backfill.command_line({"--postgres", backfill.conninfo, "--batch-size", "3000", "--lock-timeout", "0"}));
    support::wait_until_blocked(backfill.database);
    samples::Server server(backfill.events_db, "DELETE");
    server.execute("BEGIN EXCLUSIVE");
    lock.release();
    process.wait_for_output("processed=3000 ");
    const Result result = stop(backfill, process);
    CHECK(summary(result, "Total events processed") == 3000);
    CHECK(contains(result.out, "Everything is done up to event \"e3000\" "));
}
