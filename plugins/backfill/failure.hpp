// An event that was not updated, and why: as the log tells it, as --report records it, and as --only-ids reads it back.
#pragma once

#include "event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace backfill {

struct Failure {
    EventId id;
    FailureKind kind;
    std::string reason; // for the user
};

// One line of JSON, with its end: {"id":"...","kind":"failed","reason":"..."}. Bytes of the reason that are not UTF-8
// are replaced; those of the id are kept (see id_member.hpp).
std::string to_record(const Failure &failure);

// The id in such a line, or in any other JSON object that names one; nothing if it is none.
std::optional<EventId> id_of_record(std::string_view line);

} // namespace backfill
