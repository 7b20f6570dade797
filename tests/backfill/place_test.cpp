// Where a batch is taken to lie, by where some of its rows were found.
#include "place.hpp"

#include <doctest/doctest.h>

using namespace backfill;

namespace {

constexpr std::size_t batch = 100;
constexpr std::uint16_t whole_page = 65535;

} // namespace

TEST_CASE("a tid is read as PostgreSQL writes it, and nothing else is") {
    CHECK(tid_from("(0,1)") == Tid{0, 1});
    CHECK(tid_from("(4294967295,65535)") == Tid{4294967295, 65535});
    CHECK(to_text(Tid{4294967295, 65535}) == "(4294967295,65535)");
    for (const char *text :
         {"", "(", "()", "(1)", "(1,2", "(1,2) ", "1,2", "(-1,2)", "(4294967296,1)", "(1,65536)", "(,1)"}) {
        CAPTURE(text);
        CHECK_FALSE(tid_from(text));
    }
}

TEST_CASE("the first and the last of a batch are looked up, and some between") {
    std::vector<std::size_t> samples;
    for (std::size_t at = 0; at < batch; ++at)
        if (is_sample(at, batch)) samples.push_back(at);
    CHECK(samples == std::vector<std::size_t>{0, 50, 99});
    CHECK(is_sample(0, 1));
}

TEST_CASE("a batch lies from the first to the last of what was found") {
    CHECK(place_to_write({{0, {7, 80}}, {50, {8, 49}}, {99, {9, 17}}}, batch) == Place{{7, 80}, {9, 17}});
    // Written from the last to the first.
    CHECK(place_to_write({{0, {9, 17}}, {50, {8, 49}}, {99, {7, 80}}}, batch) == Place{{7, 80}, {9, 17}});
}

TEST_CASE("where an end is not there, the batch may go on for as many pages as the rows between were spread over") {
    CHECK(place_to_write({{50, {100, 5}}, {99, {110, 3}}}, batch) == Place{{89, 0}, {121, whole_page}});
    CHECK(place_to_write({{50, {3, 5}}}, batch) == Place{{2, 0}, {4, whole_page}});
    CHECK(place_to_write({{50, {0, 5}}}, batch) == Place{{0, 0}, {1, whole_page}});
    // But not for more pages than it has rows.
    CHECK_FALSE(place_to_write({{80, {1000, 5}}, {99, {1012, 3}}}, batch));
}

TEST_CASE("a look has margins of whole pages, as wide as what lies between two samples") {
    CHECK(place_to_read({{0, {7, 80}}, {50, {8, 49}}, {99, {9, 17}}}, batch) == Place{{6, 0}, {10, whole_page}});
    CHECK(place_to_read({{0, {100, 4}}, {50, {110, 1}}, {99, {120, 2}}}, batch) == Place{{93, 0}, {127, whole_page}});
    CHECK(place_to_read({{0, {0, 5}}, {99, {0, 9}}}, batch) == Place{{0, 0}, {1, whole_page}});
    const std::uint32_t end = 4294967295;
    CHECK(place_to_read({{0, {end, 1}}, {99, {end, 2}}}, batch) == Place{{end - 1, 0}, {end, whole_page}});
}

TEST_CASE("a look does not read more than four times as many rows as it needs") {
    CHECK(place_to_read({{0, {7, 80}}, {50, {8, 49}}, {99, {9, 17}}}, batch)); // five pages of eighty, with margins
    CHECK_FALSE(place_to_read({{0, {7, 81}}, {50, {8, 49}}, {99, {9, 17}}}, batch));
    CHECK_FALSE(place_to_read({{0, {7, 1}}, {50, {700, 51}}, {99, {4000, 1}}}, batch));
    CHECK_FALSE(place_to_read({}, batch));
    // A page of others, far away, does not count.
    CHECK(place_to_read({{0, {7, 20}}, {50, {4000, 100}}, {99, {12, 17}}}, batch));
}

TEST_CASE("one that lies elsewhere does not count, unless most do") {
    CHECK(place_to_write({{0, {7, 1}}, {50, {7, 51}}, {99, {4000, 1}}}, batch) == Place{{6, 0}, {8, whole_page}});
    CHECK(place_to_write({{0, {4000, 1}}, {50, {7, 51}}, {99, {8, 19}}}, batch) == Place{{5, 0}, {10, whole_page}});
    CHECK_FALSE(place_to_write({{0, {7, 1}}, {50, {700, 51}}, {99, {4000, 1}}}, batch));
    CHECK_FALSE(place_to_write({{0, {7, 1}}, {31, {4000, 1}}}, 32));
    CHECK_FALSE(place_to_write({}, batch));
}
