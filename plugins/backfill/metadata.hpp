// What hybrid search needs to know of an event, as the PCAS server itself writes it for a new one. Pure: no database on
// either side.
#pragma once

#include "event.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace backfill {

// The keys that are ours, in the order in which jsonb keeps them (by length, then by bytes). All other keys of a row
// belong to somebody else.
inline constexpr std::array<std::string_view, 8> metadata_keys = {
    "user_id", "trace_id", "timestamp", "event_type", "session_id", "event_source", "correlation_id", "timestamp_unix"};

struct Metadata {
    std::array<std::optional<std::string>, metadata_keys.size()> values; // values[i] belongs to metadata_keys[i]

    bool operator==(const Metadata &) const = default;
};

// Raised when the same event gives other metadata than it did before, so that a checkpoint of then is not gone on from.
inline constexpr int extraction_version = 1;

// Takes the event by value: its strings are moved on, so a caller that is done with it moves it in.
Metadata extract(Event event);

// A JSON object of strings, with the keys that have a value. The texts have to be valid UTF-8. It is spelled exactly as
// PostgreSQL prints a jsonb, so that a row which holds this and nothing else is known by its bytes.
void append_json(const Metadata &metadata, std::string &json);
std::string to_json(const Metadata &metadata);

} // namespace backfill
