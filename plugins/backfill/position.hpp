// How far a run has come in the SQLite file: behind it everything is done, and another run can go on from there.
//
// A rowid alone would fit every file. With the id of the row that has it, it fits the same file, grown or copied, and
// no other: not another PCAS's, not one restored from before, and not one whose rows VACUUM has numbered anew.
#pragma once

#include "event.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace backfill {

// The last event that was taken from one table.
struct Mark {
    std::int64_t rowid;
    EventId id; // as it is displayed; see displayed_id()
    bool operator==(const Mark &) const = default;
};

// Each generation has its own: events may be added to either.
struct Position {
    std::optional<Mark> events;
    std::optional<Mark> graph;
    bool operator==(const Position &) const = default;
};

nlohmann::ordered_json to_json(const std::optional<Mark> &mark); // null if there is none
std::string described(const Position &position);                 // for the user

} // namespace backfill
