// Which rows are right already, as told from what PostgreSQL prints. That the UPDATE's own condition agrees shows where
// a dry run, which asks only here, has to give the numbers of the real run (command_test.cpp).
#include "row_state.hpp"

#include <doctest/doctest.h>

using namespace backfill;

namespace {

const std::string wanted = metadata_of({{"e1"}, "t", "s \"quoted\" \n", Instant{0}, "ada", "", "", ""});

RowState state(std::string_view row) {
    RowReader reader;
    CHECK(reader.state_of(row, wanted) == reader.state_of(row, wanted)); // nothing stays from one row to the next
    return reader.state_of(row, wanted);
}

} // namespace

TEST_CASE("a row that holds what is wanted is right, whatever else it holds") {
    CHECK(state(wanted) == RowState::current);
    CHECK(
        state(
            R"({"n": 1e999, "mine": [{"user_id": "not ours"}, null], "user_id": "ada", "timestamp": "1970-01-01T00:00:00Z", )"
            R"("event_type": "t", "event_source": "s \"quoted\" \n", "timestamp_unix": "0"})")
        == RowState::current);
}

TEST_CASE("a row is stale if a key of ours is missing, is too much, or has another value or type") {
    CHECK(state("") == RowState::stale);
    CHECK(state("null") == RowState::stale);
    CHECK(state("{}") == RowState::stale);
    CHECK(state(R"({"user_id": "ada", "event_type": "t", "event_source": "s \"quoted\" \n", "timestamp_unix": "0"})")
          == RowState::stale);
    std::string more = wanted;
    more.insert(1, R"("trace_id": "t1", )");
    CHECK(state(more) == RowState::stale);
    std::string number = wanted;
    number.replace(number.find(R"("0")"), 3, "0");
    CHECK(state(number) == RowState::stale);
    std::string other = wanted;
    other.replace(other.find("ada"), 3, "eve");
    CHECK(state(other) == RowState::stale);
}

TEST_CASE("an array and a scalar have no place for keys") {
    CHECK(state("[]") == RowState::no_object);
    CHECK(state("\"text\"") == RowState::no_object);
    CHECK(state("17") == RowState::no_object);
    CHECK(state("true") == RowState::no_object);
}
