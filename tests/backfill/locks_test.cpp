// `pcasctl backfill` when another session locks the table as a whole, as CREATE INDEX, ALTER TABLE and VACUUM FULL do: no
// event is to blame.
#include "command_fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>

using support::create_vectors_table;
using support::Process;
using support::Result;

namespace {

constexpr int events = 2000;

struct Ready : Backfill {
    Ready() {
        make_events(events);
        create_vectors_table(database, true);
        make_vectors(events);
    }

    // A run that soon learns of a lock, and does not give up because of it.
    std::vector<std::string> patient(std::vector<std::string> more = {}) const {
        more.insert(more.end(),
                    {"--lock-timeout", "50ms", "--retries", "1000", "--batch-size", "10", "--postgres", conninfo});
        return command_line(more);
    }

    void check_complete(const Result &result) const {
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(summary(result, "Successfully updated") == events);
        CHECK(value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)")
              == std::to_string(events));
    }
};

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
    Ready backfill;
    LockedTable lock(backfill);
    Process process(backfill.patient());
    process.wait_for_output("as a whole");
    lock.release();
    backfill.check_complete(process.wait());
}

TEST_CASE("a table that is locked as a whole in the middle of a run is waited for, and no event fails") {
    Ready backfill;
    std::string mode;
    SUBCASE("against writers") {
        mode = "SHARE";
    }
    SUBCASE("against readers too") {
        mode = "ACCESS EXCLUSIVE";
    }
    LockedRow row(backfill, "e1505");
    Process process(backfill.patient());
    process.wait_for_output("will be tried again");
    std::thread locking([&] {
        LockedTable table(backfill, mode);
        process.wait_for_output("as a whole");
        table.release();
    });
    while (backfill.value("SELECT count(*) FROM pg_locks WHERE relation = 'pcas_vectors'::regclass AND NOT granted "
                          "AND mode IN ('ShareLock', 'AccessExclusiveLock')")
           == "0")
        std::this_thread::yield();
    row.release();
    locking.join();
    backfill.check_complete(process.wait());
}

TEST_CASE("a table that stays locked ends the run, with the position, and no event has failed") {
    Ready backfill;
    LockedTable lock(backfill);
    const Result result = backfill.run({"--lock-timeout", "50ms", "--retries", "2"});
    CHECK(result.exit_code == 3);
    CHECK(summary(result, "Failed") == 0);
    CHECK(summary(result, "Total events processed") == 0);
    CHECK_MESSAGE(contains(result.err, "gave up after 2 attempts (--retries): another session has locked"), result.err);
    CHECK_FALSE(contains(result.err, "--connect-timeout"));
}

TEST_CASE("a run that waits for a locked table can be stopped") {
    Ready backfill;
    LockedTable lock(backfill);
    Process process(backfill.patient());
    process.wait_for_output("as a whole");
    process.signal(SIGINT);
    const Result result = process.wait();
    CHECK_MESSAGE(result.exit_code == 130, result.err);
    CHECK(contains(result.out, "Run the same command again"));
}

TEST_CASE("a dry run needs no lock that a writer needs") {
    Ready backfill;
    LockedTable lock(backfill);
    const Result result = backfill.run({"--dry-run", "--lock-timeout", "50ms"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == events);
}

TEST_CASE("a row that stays locked fails alone, although nothing else is left to be done") {
    Ready backfill;
    LockedRow lock(backfill, "e2000");
    const Result result = backfill.run({"--lock-timeout", "50ms", "--retries", "2", "--batch-size", "10"});
    CHECK(result.exit_code == 1);
    CHECK(summary(result, "Failed") == 1);
    CHECK(summary(result, "Successfully updated") == events - 1);
    CHECK_FALSE(contains(result.err, "as a whole"));
}
