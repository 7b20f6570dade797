// What a batch begins with, and how many rows go into an update.
#include "course.hpp"

#include <doctest/doctest.h>

using namespace backfill;
using std::chrono::milliseconds;

TEST_CASE(
    "a batch begins with a look once a quarter of the last events were right already, and then with a write again") {
    Course course(Mode::write, milliseconds(0));
    CHECK_FALSE(course.is_set());
    for (int event = 0; event < 100; ++event) course.came_of_an_event(Outcome::updated);
    CHECK(course.is_set());
    CHECK(course.first_step() == Step::update);
    for (int event = 0; event < 100; ++event) course.came_of_an_event(Outcome::unchanged);
    CHECK(course.first_step() == Step::compare);
    for (int event = 0; event < 10000; ++event) course.came_of_an_event(Outcome::updated);
    CHECK(course.first_step() == Step::update);
}

TEST_CASE("rows are taken to lie together until an update misses one in sixteen, and not again") {
    Course course(Mode::write, milliseconds(0));
    CHECK(course.rows_lie_together(Step::update));
    course.strayed(Step::update, 16);
    CHECK(course.rows_lie_together(Step::update));
    course.strayed(Step::update, 1);
    CHECK_FALSE(course.rows_lie_together(Step::update));
    course.found_together(Step::update, 160);
    course.strayed(Step::update, 9);
    CHECK(course.rows_lie_together(Step::update));
    course.strayed(Step::update, 1);
    CHECK_FALSE(course.rows_lie_together(Step::update));
    CHECK(course.rows_lie_together(Step::compare));
}

TEST_CASE("rows are taken to lie together until a look is told of more than two others for each of them") {
    Course course(Mode::write, milliseconds(0));
    course.found_together(Step::compare, 1000);
    course.strayed(Step::compare, 4096 + 2000);
    CHECK(course.rows_lie_together(Step::compare));
    course.strayed(Step::compare, 1);
    CHECK_FALSE(course.rows_lie_together(Step::compare));
    CHECK(course.rows_lie_together(Step::update));
}

TEST_CASE("that millions of rows lay together does not hide for long that others do not") {
    Course course(Mode::write, milliseconds(0));
    for (int look = 0; look < 10000; ++look) course.found_together(Step::compare, 1000);
    int looks = 0;
    for (; course.rows_lie_together(Step::compare); ++looks) course.strayed(Step::compare, 1000);
    CHECK(looks < 200);
}

TEST_CASE("a dry run only looks") {
    Course course(Mode::dry_run, milliseconds(0));
    course.came_of_an_event(Outcome::updated);
    CHECK(course.first_step() == Step::compare);
}

TEST_CASE(
    "a look asks for the metadata at once where fingerprints do not tell of every fifth event, until they do again") {
    Course course(Mode::dry_run, milliseconds(0));
    for (int event = 0; event < 100; ++event) course.came_of_an_event(Outcome::unchanged);
    for (int event = 0; event < 20; ++event) course.needed_a_look();
    CHECK(course.first_step() == Step::compare);
    course.needed_a_look();
    CHECK(course.first_step() == Step::check);
    for (int event = 0; event < 10000; ++event) course.came_of_an_event(Outcome::unchanged);
    CHECK(course.first_step() == Step::compare);
}

TEST_CASE("after an update that takes longer than its target the next ones are half of it at most, or what would fit; "
          "short ones let them grow") {
    Course course(Mode::write, milliseconds(500));
    course.took(Step::update, 100, milliseconds(501));
    CHECK(course.most_rows() == 50);
    course.took(Step::update, 50, milliseconds(2500));
    CHECK(course.most_rows() == 10);
    course.took(Step::update, 1, milliseconds(501));
    CHECK(course.most_rows() == 1);
    for (int update = 0; update < 3; ++update) course.took(Step::update, course.most_rows(), milliseconds(249));
    CHECK(course.most_rows() == 4);
    course.took(Step::update, 3, milliseconds(1));      // says nothing of four
    course.took(Step::compare, 500, milliseconds(501)); // holds no locks
    CHECK(course.most_rows() == 4);
}

TEST_CASE("without a target an update takes as long as it wants to") {
    Course course(Mode::write, milliseconds(0));
    course.took(Step::update, 100, milliseconds(100000));
    CHECK(course.most_rows() > 1000000);
}

TEST_CASE("a connection is given what the server does in a second, by what it did of late, in updates and in looks") {
    Course course(Mode::write, milliseconds(0));
    CHECK(course.most_on_a_lane(Step::update) == 0);
    course.took(Step::update, 100, milliseconds(500));
    CHECK(course.most_on_a_lane(Step::update) == 200);
    CHECK(course.most_on_a_lane(Step::compare) == 0);
    course.took(Step::compare, 500, milliseconds(5));
    CHECK(course.most_on_a_lane(Step::check) == 100000);
    course.took(Step::check, 500, milliseconds(0));
    CHECK(course.most_on_a_lane(Step::compare) == 200000);
    course.took_in_vain(Step::update, milliseconds(500));
    CHECK(course.most_on_a_lane(Step::update) == 100);
    for (int update = 0; update < 1000; ++update) course.took(Step::update, 100, milliseconds(2));
    CHECK(course.most_on_a_lane(Step::update) >= 49000);
    course.took(Step::update, 100, std::chrono::hours(1)); // pcasctl was suspended
    for (int update = 0; update < 200; ++update) course.took(Step::update, 100, milliseconds(2));
    CHECK(course.most_on_a_lane(Step::update) >= 20000);
}
