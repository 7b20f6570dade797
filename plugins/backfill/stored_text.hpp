// What a text from outside has to be before we take it for an event's field: never repaired, never cut.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backfill {

// Why `text` cannot be the event's `field`, or nothing if it can: it is not valid UTF-8, or holds a NUL, which no text
// in PostgreSQL can.
std::optional<std::string> flaw_of(std::string_view field, std::string_view text);

} // namespace backfill
