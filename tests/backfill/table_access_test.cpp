// When it is doubtful whether updates can succeed, and when to look again.
#include "table_access.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace backfill;
using namespace std::chrono_literals;

namespace {

struct Access {
    bool stopping = false;
    Stop stop{[this] { return stopping; }};
    TableAccess access{TableName("pcas_vectors"), Mode::write, 3, 2s, stop, [](const std::string &) {}};
};

} // namespace

TEST_CASE(
    "connections that wait for locks in vain, more often than there are of them, raise doubt, unless updates succeed") {
    Access of_table;
    TableAccess &access = of_table.access;
    for (int round = 0; round < 3; ++round) {
        access.lock_timed_out(2);
        access.lock_timed_out(2);
        access.update_succeeded();
    }
    CHECK_FALSE(access.in_doubt());
    for (int time = 0; time < 3; ++time) access.lock_timed_out(2);
    CHECK(access.in_doubt());
    access.checked_again();
    CHECK_FALSE(access.in_doubt());
    access.lock_timed_out(2);
    CHECK_FALSE(access.in_doubt());
}

TEST_CASE("it is looked at again at once at first, and when the user wants to stop") {
    Access of_table;
    const auto due = [&of_table] { return TableAccess::Clock::now() - of_table.access.next_check(); };
    CHECK(due() > 0s);
    of_table.stopping = true;
    CHECK(due() > 0s);
}
