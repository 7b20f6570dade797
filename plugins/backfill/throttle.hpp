// Holds the run back, where the operator asked for it: to so many events a second, and while a standby lags behind.
#pragma once

#include "stop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace backfill {

class Throttle {
public:
    using Clock = std::chrono::steady_clock;
    // How far the slowest standby is behind; nothing if there is none, or nobody may tell us.
    using Lag = std::function<std::optional<std::chrono::milliseconds>()>;
    using Tell = std::function<void(const std::string &)>; // the user, when a pause begins and ends

    struct Settings {
        std::int64_t events_per_second;     // 0: as many as there are
        std::chrono::milliseconds most_lag; // 0: whatever it is
    };

    // `lag` is asked once a second, if at all. Borrows `stop`.
    Throttle(const Settings &settings, Lag lag, Tell tell, const Stop &stop);

    // May another batch be sent now?
    bool is_open();
    void took(std::size_t events);
    // Until it may be open again, a second at most, or until the run shall stop.
    void wait() const;

private:
    bool standby_keeps_up();

    Settings settings_;
    Lag lag_;
    Tell tell_;
    const Stop &stop_;
    Clock::time_point next_; // when the events that were taken have had their time
    Clock::time_point next_question_;
    bool keeps_up_ = true;
};

} // namespace backfill
