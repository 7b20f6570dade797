// How long to wait before trying again, and what to say when that is over.
#pragma once

#include <chrono>
#include <string>

namespace backfill {

// Before attempt number `attempt` (1, 2, ...): doubling from 250 ms up to 8 s, and up to a half off by chance, so that
// several clients that were thrown out together do not come back together.
std::chrono::milliseconds back_off(int attempt);

// Begins the message of a run that ends after so many (--retries) in vain: "gave up after 2 attempts".
std::string gave_up_after(int attempts);

} // namespace backfill
