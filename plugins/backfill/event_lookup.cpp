#include "event_lookup.hpp"

#include "event_row.hpp"

#include <cstdint>
#include <limits>
#include <string>

namespace backfill {
namespace {

constexpr int id_parameter = 1, last_rowid_parameter = 4;

std::optional<SQLite::Statement> prepare(const SQLite::Database &database, const std::string &sql) {
    if (sql.empty()) return std::nullopt;
    return SQLite::Statement(database, sql);
}

// What is added while we read is as good as what was there before.
void bind(SQLite::Statement &statement, const EventId &id) {
    statement.reset();
    statement.bind(id_parameter, id.text);
    if (statement.getBindParameterCount() == last_rowid_parameter)
        statement.bind(last_rowid_parameter, std::numeric_limits<std::int64_t>::max());
}

} // namespace

EventLookup::EventLookup(SQLite::Database &database, const StorageLayout &layout, StoredEventReader &reader)
    : event_rows_(database, event_columns), node_rows_(database, node_columns),
      events_(prepare(database, layout.event_of_id)), nodes_(prepare(database, layout.node_of_id)), reader_(reader) {}

SourceEvent EventLookup::find(const EventId &id) {
    SourceEvent event;
    bool found = false;
    const auto look = [&](std::optional<SQLite::Statement> &query, RowFunction &rows, auto read) {
        if (found || !query) return;
        bind(*query, id);
        rows.read(*query, [&](const SqliteRow &row) {
            found = (reader_.*read)(row, event);
            return false;
        });
    };
    look(events_, event_rows_, &StoredEventReader::event_of_row);
    look(nodes_, node_rows_, &StoredEventReader::event_of_node);
    if (found) return event;
    return UnreadableEvent{id, "no event has this id", FailureKind::no_event};
}

} // namespace backfill
