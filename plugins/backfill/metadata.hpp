// What hybrid search needs to know of an event, as the PCAS server itself writes it for a new one. Pure: no database on
// either side.
#pragma once

#include "event.hpp"

#include <array>
#include <string>
#include <string_view>

namespace backfill {

// The keys that are ours, in the order in which jsonb keeps them (by length, then by bytes). All other keys of a row
// belong to somebody else.
inline constexpr std::array<std::string_view, 8> metadata_keys = {
    "user_id", "trace_id", "timestamp", "event_type", "session_id", "event_source", "correlation_id", "timestamp_unix"};

// Raised when the same event gives other metadata than it did before, so that a checkpoint of then is not gone on from.
inline constexpr int extraction_version = 1;

// A JSON object of strings, with the keys that have a value. It is spelled exactly as PostgreSQL prints a jsonb, so that
// a row which holds this and nothing else is known by its bytes.
std::string metadata_of(const Event &event);

} // namespace backfill
