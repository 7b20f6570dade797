// How long to wait before trying again.
#pragma once

#include <chrono>

namespace backfill {

// Before attempt number `attempt` (1, 2, ...): doubling from 250 ms up to 8 s, and up to a half off by chance, so that
// several clients that were thrown out together do not come back together.
std::chrono::milliseconds back_off(int attempt);

} // namespace backfill
