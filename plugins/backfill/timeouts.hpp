// How long things that other machines and other sessions have a say in may take.
#pragma once

#include <algorithm>
#include <chrono>

namespace backfill {

struct Timeouts {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds lock;      // 0: none
    std::chrono::milliseconds statement; // 0: none

    // For what Connection::ask() waits for, since that does not wait for longer than for a connection.
    std::chrono::milliseconds lock_in_query() const {
        const auto longest = connect / 2;
        return lock.count() == 0 ? longest : std::min(lock, longest);
    }
};

} // namespace backfill
