// `pcasctl backfill` when another session locks the table as a whole, as CREATE INDEX, ALTER TABLE and VACUUM FULL do: no
// event is to blame.
#include "command_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using support::Process;
using support::Result;

namespace {

constexpr int events = 2000;

// A run that soon learns of a lock, and does not give up because of it.
std::vector<std::string> patient(const Backfill &backfill) {
    return backfill.command_line(
        {"--lock-timeout", "50ms", "--retries", "1000", "--batch-size", "10", "--postgres", backfill.conninfo});
}

void check_complete(const Backfill &backfill, const Result &result) {
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == events);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)")
          == std::to_string(events));
}

std::chrono::milliseconds processor_time(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string field;
    for (int number = 1; number < 14; ++number) file >> field; // the program's name has no space
    long user = 0, system = 0;
    file >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

// As CREATE INDEX does it: others may read, and may not write.
struct LockedTable {
    explicit LockedTable(const Backfill &backfill, const std::string &mode = "SHARE") : session(backfill.conninfo) {
        session.exec("BEGIN; LOCK TABLE pcas_vectors IN " + mode + " MODE");
    }
    void release() { session.exec("COMMIT"); }

    support::Connection session;
};

} // namespace

TEST_CASE("a table that is locked as a whole when a run begins is waited for") {
    Ready backfill(events);
    LockedTable lock(backfill);
    Process process(patient(backfill));
    process.wait_for_output("as a whole");
    lock.release();
    check_complete(backfill, process.wait());
}

TEST_CASE("a table that is locked as a whole in the middle of a run is waited for, and no event fails") {
    Ready backfill(events);
    std::string mode;
    SUBCASE("against writers") {
        mode = "SHARE";
    }
    SUBCASE("against readers too") {
        mode = "ACCESS EXCLUSIVE";
    }
    // The run is held up where that locks nothing of the table.
    backfill.database.exec(
        "SELECT pg_advisory_lock(1); CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_advisory_xact_lock(1); RETURN new; END $$; "
        "CREATE TRIGGER hold BEFORE UPDATE ON pcas_vectors FOR EACH ROW WHEN (new.id = 'e1505') EXECUTE FUNCTION "
        "hold()");
    Process process(patient(backfill));
    process.wait_for_output("will be tried again");
    LockedTable table(backfill, mode);
    backfill.database.exec("SELECT pg_advisory_unlock(1)");
    process.wait_for_output("as a whole");
    table.release();
    check_complete(backfill, process.wait());
}

TEST_CASE("a table that stays locked ends the run, with the position, and no event has failed") {
    Ready backfill(events);
    LockedTable lock(backfill);
    const Result result = backfill.run({"--lock-timeout", "50ms", "--retries", "2"});
    CHECK(result.exit_code == 3);
    CHECK(summary(result, "Failed") == 0);
    CHECK(summary(result, "Total events processed") == 0);
    CHECK_MESSAGE(contains(result.err, "gave up after 2 attempts (--retries): another session has locked"), result.err);
    CHECK_FALSE(contains(result.err, "--connect-timeout"));
}

TEST_CASE("a run that waits for a locked table can be stopped") {
    Ready backfill(events);
    LockedTable lock(backfill);
    Process process(patient(backfill));
    process.wait_for_output("as a whole");
    process.signal(SIGINT);
    const Result result = process.wait();
    CHECK_MESSAGE(result.exit_code == 130, result.err);
    CHECK(contains(result.out, "Run the same command again"));
}

TEST_CASE("a run that waits for a locked table, and for a connection as well, leaves the processor to others") {
    Ready backfill(events);
    LockedTable lock(backfill);
    Process process(patient(backfill));
    process.wait_for_output("as a whole");
    backfill.database.exec("UPDATE pg_database SET datallowconn = false WHERE datname = current_database()");
    backfill.database.exec( // once that is committed
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'");
    process.wait_for_output("cannot connect to PostgreSQL yet, trying again: ");
    const auto before = processor_time(process.pid());
    process.read_for(std::chrono::seconds(1));
    CHECK(processor_time(process.pid()) - before < std::chrono::milliseconds(500));
    process.signal(SIGKILL);
    process.wait();
}

TEST_CASE("a dry run needs no lock that a writer needs") {
    Ready backfill(events);
    LockedTable lock(backfill);
    const Result result = backfill.run({"--dry-run", "--lock-timeout", "50ms"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == events);
}

TEST_CASE("a row that stays locked fails alone, although nothing else is left to be done") {
    Ready backfill(events);
    LockedRow lock(backfill, "e2000");
    const Result result = backfill.run({"--lock-timeout", "50ms", "--retries", "2", "--batch-size", "10"});
    CHECK(result.exit_code == 1);
    CHECK(summary(result, "Failed") == 1);
    CHECK(summary(result, "Successfully updated") == events - 1);
    CHECK_FALSE(contains(result.err, "as a whole"));
}
