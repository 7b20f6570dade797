#include "course.hpp"

#include <algorithm>
#include <limits>

namespace backfill {
namespace {

constexpr std::size_t recent_events = 4096;

} // namespace

Course::Course(Mode mode, std::chrono::milliseconds target_time)
    : mode_(mode), target_time_(target_time), most_rows_(std::numeric_limits<std::size_t>::max()) {}

// To write a row that is right already costs about as much as to look at four, and to compare fingerprints for nothing as
// much as five save.
Step Course::first_step() const {
    if (mode_ != Mode::dry_run && recently_unchanged_ * 4 < recent_) return Step::update;
    return recently_looked_at_ * 5 > recent_ ? Step::check : Step::compare;
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

std::size_t Course::most_on_a_lane() const {
    if (duration_.count() == 0) return std::numeric_limits<std::size_t>::max();
    return rows_ * std::size_t{std::micro::den} / static_cast<std::size_t>(duration_.count());
}

// An update that takes long holds its rows' locks for as long.
void Course::took(Step step, std::size_t rows, std::chrono::microseconds duration) {
    if (rows_ >= recent_events) {
        rows_ /= 2;
        duration_ /= 2;
    }
    rows_ += rows;
    duration_ += duration;

    if (step != Step::update || target_time_.count() == 0) return;
    if (duration > target_time_) {
        const std::size_t would_fit =
            rows * static_cast<std::size_t>(target_time_.count())
            / static_cast<std::size_t>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
        most_rows_ = std::max<std::size_t>(std::min(rows / 2, would_fit), 1);
    }
    if (rows == most_rows_ && duration < target_time_ / 2) most_rows_ += std::max<std::size_t>(most_rows_ / 4, 1);
}

} // namespace backfill
