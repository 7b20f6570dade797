// Waiting between attempts, as long as nobody asks the command to stop.
#pragma once

#include <chrono>
#include <functional>

namespace backfill {

// Sleeps for about the given time, none at all if that is 0; returns false, at once, when the run shall stop.
using Pause = std::function<bool(std::chrono::milliseconds)>;

// How long to wait before attempt number `attempt` (1, 2, ...): doubling from 250 ms up to 8 s, and up to a half off by
// chance, so that several clients that were thrown out together do not come back together.
std::chrono::milliseconds back_off(int attempt);

} // namespace backfill
