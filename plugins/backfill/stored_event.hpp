// An event out of a row of either generation's table, and the rule for an event that stands in both: it counts once. The
// graph's copy is the newer one and is used, unless it cannot be read: then the row of `events` is.
#pragma once

#include "event.hpp"
#include "graph_event.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <optional>

namespace backfill {

// Enough events for one page are those that hold so much text, so that a few of a megabyte each do not make a page of
// gigabytes.
inline constexpr std::size_t enough_bytes = std::size_t{4} * 1024 * 1024;

std::size_t size_of(const SourceEvent &event); // in bytes of text

class StoredEventReader {
public:
    // Of a row with EventColumns. Nothing if the graph has a readable copy.
    std::optional<SourceEvent> event_of_row(const SQLite::Statement &row);

    // Of a row with NodeColumns. Nothing if the copy in `events` counts instead, by the same rule from the other side.
    std::optional<SourceEvent> event_of_node(const SQLite::Statement &row);

private:
    SourceEvent read_node(const SQLite::Column &id, const SQLite::Column &content);

    GraphEventReader graph_;
};

} // namespace backfill
