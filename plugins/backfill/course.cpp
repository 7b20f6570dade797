#include "course.hpp"

#include <algorithm>
#include <limits>

namespace backfill {
namespace {

constexpr std::size_t recent_events = 4096;

} // namespace

Course::Course(Mode mode, std::chrono::milliseconds target_time)
    : mode_(mode), target_time_(target_time), most_rows_(std::numeric_limits<std::size_t>::max()) {}

// To write a row that is right already costs about as much as to look at four by their ids, and to compare fingerprints for
// nothing as much as five save.
Step Course::first_step() const {
    if (mode_ != Mode::dry_run && recently_unchanged_ * 4 < recent_) return Step::update;
    return recently_looked_at_ * 5 > recent_ ? Step::check : Step::compare;
}

bool Course::rows_lie_together(Step step) const {
    if (step == Step::update) return updates_together_.strayed <= 16 + updates_together_.found / 16;
    return looks_together_.strayed <= recent_events + looks_together_.found * 2;
}

void Course::Together::add(std::size_t more_found, std::size_t more_strayed) {
    found += more_found;
    strayed += more_strayed;
    if (found + strayed < 16 * recent_events) return;
    found /= 2;
    strayed /= 2;
}

void Course::came_of_an_event(Outcome outcome) {
    if (recent_ >= recent_events) {
        recent_ /= 2;
        recently_unchanged_ /= 2;
        recently_looked_at_ /= 2;
    }
    ++recent_;
    if (outcome == Outcome::unchanged) ++recently_unchanged_;
}

void Course::needed_a_look() {
    ++recently_looked_at_;
}

std::uint64_t Course::most_on_a_lane(Step step) const {
    return step == Step::update ? updates_.rows_in_a_second() : looks_.rows_in_a_second();
}

// An update that takes long holds its rows' locks for as long.
void Course::took(Step step, std::size_t rows, std::chrono::microseconds duration) {
    pace(step).add(rows, duration);
    if (step != Step::update || target_time_.count() == 0) return;
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(duration);
    if (time > target_time_) {
        const std::size_t would_fit =
            rows * static_cast<std::size_t>(target_time_.count()) / static_cast<std::size_t>(time.count());
        most_rows_ = std::max<std::size_t>(std::min(rows / 2, would_fit), 1);
    }
    if (rows == most_rows_ && std::chrono::floor<std::chrono::milliseconds>(duration * 2) < target_time_)
        most_rows_ += std::max<std::size_t>(most_rows_ / 4, 1);
}

void Course::took_in_vain(Step step, std::chrono::microseconds duration) {
    pace(step).add(0, duration);
}

void Course::Pace::add(std::size_t more_rows, std::chrono::microseconds time) {
    constexpr std::chrono::seconds recent_time{2};
    rows += more_rows;
    duration += time;
    while (rows > recent_events || duration > recent_time) {
        rows /= 2;
        duration /= 2;
    }
}

std::uint64_t Course::Pace::rows_in_a_second() const {
    return rows * std::micro::den
           / static_cast<std::uint64_t>(std::max(duration, std::chrono::microseconds(1)).count());
}

} // namespace backfill
