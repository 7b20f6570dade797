// How far the standbys are behind, asked over a connection of its own.
#pragma once

#include "postgres.hpp"
#include "warn.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace backfill {

class StandbyLag {
public:
    // Connects, and warns if the role may not see how far the standbys are. Throws StoreError.
    StandbyLag(std::string conninfo, std::chrono::milliseconds connect_timeout, Warn warn);

    // Of the slowest standby; nothing if there is none, or it cannot be seen. Never throws: while it cannot be asked,
    // nobody is waited for, and the user is told once.
    std::optional<std::chrono::milliseconds> operator()();

private:
    std::optional<std::chrono::milliseconds> ask();

    std::string conninfo_;
    std::chrono::milliseconds connect_timeout_;
    Warn warn_;
    std::optional<Connection> connection_;
    bool has_warned_ = false;
};

} // namespace backfill
