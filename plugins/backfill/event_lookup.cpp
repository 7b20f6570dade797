#include "event_lookup.hpp"

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

// Steps to the first row, if there is one. What is added while we read is as good as what was there before.
bool has_row(std::optional<SQLite::Statement> &statement, const EventId &id) {
    if (!statement) return false;
    statement->reset();
    statement->bind(id_parameter, id.text);
    if (statement->getBindParameterCount() == last_rowid_parameter)
        statement->bind(last_rowid_parameter, std::numeric_limits<std::int64_t>::max());
    return statement->executeStep();
}

} // namespace

EventLookup::EventLookup(const SQLite::Database &database, const StorageLayout &layout, StoredEventReader &reader)
    : events_(prepare(database, layout.event_of_id)), nodes_(prepare(database, layout.node_of_id)), reader_(reader) {}

SourceEvent EventLookup::find(const EventId &id) {
    SourceEvent event;
    if (has_row(events_, id) && reader_.event_of_row(*events_, event)) return event;
    if (has_row(nodes_, id) && reader_.event_of_node(*nodes_, event)) return event;
    return UnreadableEvent{id, "no event has this id", FailureKind::no_event};
}

} // namespace backfill
