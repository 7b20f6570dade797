// Events by their ids, in every generation that the file holds.
#pragma once

#include "event.hpp"
#include "sqlite_rows.hpp"
#include "storage_layout.hpp"
#include "stored_event.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <optional>

namespace backfill {

// For one read transaction.
class EventLookup {
public:
    EventLookup(SQLite::Database &database, const StorageLayout &layout, StoredEventReader &reader);

    // An id that no event has gives an UnreadableEvent of the kind no_event.
    SourceEvent find(const EventId &id);

private:
    RowFunction event_rows_, node_rows_;
    std::optional<SQLite::Statement> events_;
    std::optional<SQLite::Statement> nodes_;
    StoredEventReader &reader_;
};

} // namespace backfill
