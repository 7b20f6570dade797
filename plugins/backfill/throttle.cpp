#include "throttle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backfill {

using std::chrono::milliseconds;

Throttle::Throttle(const Settings &settings, Lag lag, Tell tell, const Stop &stop)
    : settings_(settings), lag_(std::move(lag)), tell_(std::move(tell)), stop_(stop), next_(Clock::now()),
      next_question_(next_) {}

bool Throttle::is_open() {
    return Clock::now() >= next_ && standby_keeps_up();
}

// Time that passed unused is not made up for: the rate is a limit at every moment, not an average of the whole run.
void Throttle::took(std::size_t events) {
    if (settings_.events_per_second == 0) return;
    const std::chrono::duration<double> time(static_cast<double>(events)
                                             / static_cast<double>(settings_.events_per_second));
    next_ = std::max(next_, Clock::now() - milliseconds(10)) + std::chrono::duration_cast<Clock::duration>(time);
}

bool Throttle::standby_keeps_up() {
    if (settings_.most_lag.count() == 0 || Clock::now() < next_question_) return keeps_up_;
    next_question_ = Clock::now() + std::chrono::seconds(1);
    const auto lag = lag_();
    const bool kept_up = std::exchange(keeps_up_, !lag || *lag <= settings_.most_lag);
    if (kept_up && !keeps_up_)
        tell_(fmt::format("waiting: a standby is {:.1f} s behind (--pause-on-lag)",
                          std::chrono::duration<double>(*lag).count()));
    if (!kept_up && keeps_up_)
        tell_(lag ? "going on: the standbys have caught up (--pause-on-lag)"
                  : "going on: there is no standby to be seen any more (--pause-on-lag)");
    return keeps_up_;
}

void Throttle::wait() const {
    const auto next = keeps_up_ ? next_ : next_question_;
    const auto rest = std::chrono::ceil<milliseconds>(next - Clock::now());
    stop_.wait(std::clamp(rest, milliseconds(0), milliseconds(1000)));
}

} // namespace backfill
