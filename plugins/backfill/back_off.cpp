#include "back_off.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace backfill {

std::chrono::milliseconds back_off(int attempt) {
    const int longest = 250 << std::clamp(attempt - 1, 0, 5);
    std::random_device source;
    return std::chrono::milliseconds(std::uniform_int_distribution<int>(longest / 2, longest)(source));
}

std::string gave_up_after(int attempts) {
    return fmt::format("gave up after {} attempt{}", attempts, attempts == 1 ? "" : "s");
}

} // namespace backfill
