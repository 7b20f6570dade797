// A row of the table `events`, as it stands in SQLite, to an event.
//
// SQLite lets any type into any column. What is not text where text belongs is reported, not converted: a conversion
// would write something into PostgreSQL that is nowhere in the source.
#pragma once

#include "event.hpp"
#include "sqlite_rows.hpp"

#include <cstdint>
#include <string_view>

namespace backfill {

// Where a query that reads events puts what. A column that the table does not have is selected as NULL.
enum EventColumn : int {
    rowid_column,
    id_column,
    type_column,
    source_column,
    time_column,
    user_id_column,
    session_id_column,
    trace_id_column,
    correlation_id_column,
    twin_id_column, // of the node that holds the same event in the graph generation: NULL if there is none
    twin_content_column,
    event_columns // how many
};

// The id of a row of either generation, however odd, for messages.
EventId displayed_id(std::int64_t rowid, std::string_view id);
EventId displayed_id(const SqliteRow &row);

// Of a row with EventColumns. What `event` held is overwritten, and its memory used again.
void read_event_row(const SqliteRow &row, SourceEvent &event);

} // namespace backfill
