// `pcasctl backfill` on a server that others need too: it goes no faster than it is told, and waits for a standby.
#include "command_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using support::Result;

namespace {

struct Ready : Backfill {
    explicit Ready(int events) {
        make_events(events);
        support::create_vectors_table(database, true);
        make_vectors(events);
    }

    std::string updated() const { return value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NOT NULL"); }
};

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

TEST_CASE(
    "--pause-on-lag waits for nobody where there is no standby, or none that the role may see, and says the latter") {
    const Ready backfill(20);
    Result result = backfill.run({"--pause-on-lag", "1ms"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_FALSE(contains(result.err, "--pause-on-lag"));

    backfill.database.exec("CREATE ROLE narrow LOGIN; GRANT SELECT, UPDATE (metadata) ON pcas_vectors TO narrow; "
                           "UPDATE pcas_vectors SET metadata = NULL");
    result = backfill.run({"--pause-on-lag", "1ms", "--postgres", backfill.conninfo + " user=narrow"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK_MESSAGE(contains(result.err, "GRANT pg_monitor TO narrow"), result.err);
    CHECK(backfill.updated() == "20");
}
