// `pcasctl backfill` over a slow link: how often it waits for a round trip. So slow is the link here that what is said at
// once is not told apart by an answer that comes in between, on any machine.
#include "command_fixture.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using support::Proxy;
using support::Result;

namespace {

std::uint64_t round_trips(const Ready &backfill, const Proxy &link, std::vector<std::string> options) {
    const auto before = link.status().turns;
    options.insert(options.end(), {"--postgres", link.through(backfill.conninfo)});
    const Result result = backfill.run(options);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    return link.status().turns - before;
}

} // namespace

TEST_CASE(
    "a small run waits for its connection, for the table's facts, for a look, and for what it writes to be durable") {
    const Ready backfill(20);
    const Proxy link(backfill.conninfo, {"--delay", "300"});
    constexpr std::uint64_t goodbye = 1; // which nobody waits for
    CHECK(round_trips(backfill, link, {}) == 4 + goodbye);
    CHECK(backfill.updated() == "20");
    CHECK(round_trips(backfill, link, {}) == 3 + goodbye); // with nothing to write
    backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
    CHECK(round_trips(backfill, link, {"--dry-run"}) == 4 + goodbye); // the last one for its sample
}
