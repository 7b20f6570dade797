// What became of the events: the numbers of the summary.
#pragma once

#include <cstdint>

namespace backfill {

// processed = updated + unchanged + no_vector + failed
struct Tally {
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
    std::int64_t no_vector = 0;
    std::int64_t failed = 0;

    std::int64_t errors() const { return no_vector + failed; }
    std::int64_t processed() const { return updated + unchanged + errors(); }
    bool operator==(const Tally &) const = default;
};

} // namespace backfill
