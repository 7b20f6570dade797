// `pcasctl backfill` on a server that others need too: it goes no faster than it is told, and waits for a standby.
#include "command_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>

using support::Result;

namespace {

// For each row the server takes so many seconds.
std::string slow_rows(double seconds) {
    return "CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep("
           + std::to_string(seconds)
           + "); RETURN NEW; END $$; CREATE TRIGGER take_time BEFORE UPDATE ON pcas_vectors "
             "FOR EACH ROW EXECUTE FUNCTION take_time()";
}

} // namespace

TEST_CASE("--max-rate holds for the whole run") {
    const Ready backfill(200);
    const auto start = std::chrono::steady_clock::now();
    const Result result = backfill.run({"--batch-size", "50", "--max-rate", "100"});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(backfill.updated() == "200");
    CHECK(seconds.count() > 1.4); // three batches' time, until the fourth may be sent
}

TEST_CASE("--target-time cuts updates that take longer, before many of them are on their way") {
    const Ready backfill(600);
    backfill.database.exec(slow_rows(0.01) + R"(;
        CREATE TABLE located (name text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO located SELECT name FROM pg_prepared_statements WHERE name LIKE 'pcasctl_locate%';
            RETURN NULL;
        END $$;
        CREATE TRIGGER note AFTER UPDATE ON pcas_vectors EXECUTE FUNCTION note())");
    const Result result = backfill.run({"--batch-size", "40", "--target-time", "50ms"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(backfill.updated() == "600");
    // A transaction each, told apart by xmin: five rows take 50 ms. The first batch goes alone, before that is known.
    const std::string more_than_five = backfill.value(
        "SELECT coalesce(sum(rows), 0) FROM (SELECT count(*) AS rows FROM pcas_vectors GROUP BY xmin::text) AS updates "
        "WHERE rows > 5");
    CHECK(std::stoi(more_than_five) < 120);
    CHECK(backfill.value("SELECT count(*) FROM located") == "0"); // nobody asks where what will be cut lies
}

TEST_CASE("where the server is slow, little is on its way: a stop does not wait for what would take minutes") {
    const Ready backfill(20000);
    backfill.database.exec(slow_rows(0.05));
    support::Process process(
        backfill.command_line({"--postgres", backfill.conninfo, "--batch-size", "20", "--target-time", "0"}));
    while (std::stoi(backfill.updated()) < 60) {
        process.read_for(std::chrono::milliseconds(10));
        REQUIRE_FALSE(process.has_closed_output());
    }
    process.signal(SIGTERM);
    const Result result = process.wait();
    CHECK(result.exit_code == 143);
    CHECK(std::stoi(backfill.updated()) < 1000); // 64 batches would fit on each of two connections
}

TEST_CASE("--pause-on-lag waits for a standby that has stopped replaying, until it has caught up") {
    const Ready backfill(3000);
    const support::StandbyServer standby(backfill.conninfo);
    const support::Connection at_standby(standby.conninfo());
    at_standby.exec("SELECT pg_wal_replay_pause()");
    // At this rate it would take six seconds.
    support::Process process(backfill.command_line(
        {"--postgres", backfill.conninfo, "--batch-size", "50", "--max-rate", "500", "--pause-on-lag", "1s"}));
    process.wait_for_output("waiting: a standby is");
    CHECK(std::stoi(backfill.updated()) < 3000);
    at_standby.exec("SELECT pg_wal_replay_resume()");
    process.wait_for_output("going on: the standbys have caught up");
    const Result result = process.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(backfill.updated() == "3000");
}

TEST_CASE("where commits are to wait for standbys, nothing is reported before these have it") {
    const Ready backfill(5000);
    LockedRow lock(backfill, "e150"); // in the second batch
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo, "--jobs", "1"}));
    wait_until_blocked(backfill.database);
    backfill.database.exec("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    backfill.database.exec("SELECT pg_reload_conf()");
    while (backfill.value("SHOW synchronous_standby_names") != "nobody") continue;
    lock.session.exec("SET synchronous_commit = local");
    lock.release();
    while (backfill.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "0") continue;
    process.read_for(std::chrono::milliseconds(100));
    CHECK_MESSAGE(reported(process.so_far()) <= 100, process.so_far().err);
    backfill.database.exec("ALTER SYSTEM RESET synchronous_standby_names");
    backfill.database.exec("SELECT pg_reload_conf()");
    const Result result = process.wait();
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 5000);
}

TEST_CASE("where the role's commits are not to wait for standbys, making updates durable does not either") {
    const Ready backfill(500);
    const std::string by_local = backfill.create_role("local");
    backfill.database.exec("ALTER ROLE local SET synchronous_commit = local");
    backfill.database.exec("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    backfill.database.exec("SELECT pg_reload_conf()");
    while (backfill.value("SHOW synchronous_standby_names") != "nobody") continue;
    const Result result = backfill.run({"--postgres", by_local, "--statement-timeout", "1s", "--retries", "1"});
    backfill.database.exec("ALTER SYSTEM RESET synchronous_standby_names");
    backfill.database.exec("SELECT pg_reload_conf()");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 500);
}

TEST_CASE("a standby is no server to write to") {
    const Ready backfill(20);
    const support::StandbyServer standby(backfill.conninfo);
    const std::string database = backfill.conninfo.substr(backfill.conninfo.rfind(" dbname="));
    const Result result = backfill.run({"--postgres", standby.conninfo() + database});
    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(contains(result.err, "the server is a read-only standby; connect to the primary"), result.err);
    CHECK(backfill.updated() == "0");
}

TEST_CASE(
    "--pause-on-lag waits for nobody where there is no standby, or none that the role may see, and says the latter") {
    const Ready backfill(20);
    Result result = backfill.run({"--pause-on-lag", "1ms"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(contains(result.err, "--pause-on-lag"));

    backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
    result = backfill.run({"--pause-on-lag", "1ms", "--postgres", backfill.create_role("narrow")});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(contains(result.err, "GRANT pg_monitor TO narrow"), result.err);
    CHECK(backfill.updated() == "20");
}

TEST_CASE("two runs at once come to the same end, and each row is written by one of them") {
    const Ready backfill(3000);
    backfill.sqlite("UPDATE events SET time = 'soon' WHERE id = 'e77'");
    LockedRow lock(backfill, "e5"); // in the first batch of both
    const auto command = [&backfill](const std::string &batch_size) {
        return backfill.command_line(
            {"--postgres", backfill.conninfo, "--batch-size", batch_size, "--lock-timeout", "0"});
    };
    support::Process one(command("100")), other(command("40"));
    while (backfill.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill' AND "
                          "wait_event_type = 'Lock'")
           != "2")
        continue;
    lock.release();
    int updated = 0;
    for (support::Process *process : {&one, &other}) {
        const Result result = process->wait();
        CHECK_MESSAGE(result.exit_code == 1, result.err);
        CHECK(summary(result, "Failed") == 1);
        CHECK(summary(result, "Successfully updated") + summary(result, "Unchanged") == 2999);
        updated += summary(result, "Successfully updated");
    }
    CHECK(updated == 2999);
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'session_id' = 's' || substr(id, 2)")
          == "2999");
    CHECK(summary(backfill.run(), "Unchanged") == 2999);
}

TEST_CASE("how long a locked row is waited for is not the database's own lock_timeout, but two seconds") {
    const Ready backfill(20);
    backfill.database.exec(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = 50', current_database()); END $$");
    LockedRow lock(backfill, "e7");
    const auto start = std::chrono::steady_clock::now();
    support::Process process(backfill.command_line({"--postgres", backfill.conninfo}));
    process.wait_for_output("will be tried again");
    CHECK(std::chrono::steady_clock::now() - start > std::chrono::milliseconds(1900));
    lock.release();
    CHECK(process.wait().exit_code == 0);
    CHECK(backfill.updated() == "20");
}
