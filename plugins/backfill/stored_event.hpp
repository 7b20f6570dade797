// An event out of a row of either generation's table, and the rule for an event that stands in both: it counts once. The
// graph's copy is the newer one and is used, unless it cannot be read: then the row of `events` is.
#pragma once

#include "batch.hpp"
#include "event.hpp"
#include "graph_event.hpp"
#include "sqlite_rows.hpp"

#include <cstddef>

namespace backfill {

std::size_t size_of(const SourceEvent &event); // in bytes of text

class StoredEventReader {
public:
    // Both overwrite what `event` held.
    //
    // Of a row with EventColumns, in the memory of what was there. False if the graph has a readable copy.
    bool event_of_row(const SqliteRow &row, SourceEvent &event);
    // Of a row with NodeColumns. False if the copy in `events` counts instead, by the same rule from the other side.
    bool event_of_node(const SqliteRow &row, SourceEvent &event);

private:
    SourceEvent read_node(SqliteValue id, SqliteValue content);

    GraphEventReader graph_;
};

} // namespace backfill
