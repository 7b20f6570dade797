// Has the user asked the run to stop? What waits for something waits for this as well.
#pragma once

#include <chrono>
#include <functional>

namespace backfill {

struct Stop {
    std::function<bool()> requested; // tells the user, at its first true, that the stop has been understood
    int descriptor = -1;             // becomes readable when the stop is asked for; -1: never

    // Returns after about the given time, or at once when the stop is asked for.
    void wait(std::chrono::milliseconds duration) const;
};

} // namespace backfill
