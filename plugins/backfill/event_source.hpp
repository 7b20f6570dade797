// All events of a PCAS SQLite file, of whatever generation, page by page: first the table `events`, then the graph.
//
// What is there when the source is opened is read; events that the running server adds later have metadata from the
// server itself. Each page is a read transaction of its own, so none keeps the server's WAL from being checkpointed,
// and memory is bounded by a page.
#pragma once

#include "event.hpp"
#include "graph_event.hpp"
#include "source_error.hpp"
#include "sqlite_file.hpp"
#include "storage_layout.hpp"

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <vector>

namespace backfill {

// Of the last event that was handed out: where another run could go on.
struct Position {
    Generation generation = Generation::events;
    std::int64_t rowid = std::numeric_limits<std::int64_t>::min(); // before the first
    auto operator<=>(const Position &) const = default;
};

class EventSource {
public:
    // Throws SourceError, with a message for the user, if the file cannot be read or has no events.
    explicit EventSource(const std::filesystem::path &path);

    std::int64_t event_count() const { return event_count_; } // as of opening: how many events to expect

    // Replaces `page` by the next events, at most `limit` of them and fewer if they are large; false, and an empty
    // page, when there are no more. Throws SourceError.
    bool next_page(std::size_t limit, std::vector<SourceEvent> &page);

    Position position() const { return position_; }

private:
    // What one statement read. The rows of a twin are passed over, so a page without events is not yet the end.
    struct Progress {
        Position position;
        std::string last_id;   // of the row at `position`, as far as that is text
        bool complete = false; // this generation has no more rows
    };

    void survey(SQLite::Database &database);
    void follow_schema(SQLite::Database &database);
    Progress read_page(SQLite::Database &database, std::size_t limit, std::vector<SourceEvent> &page);
    void advance(Progress progress);
    std::optional<SourceEvent> event_of_row(const SQLite::Statement &row);
    std::optional<SourceEvent> event_of_node(const SQLite::Statement &row);
    SourceEvent read_node(const SQLite::Column &id, const SQLite::Column &content);
    void bind(SQLite::Statement &statement, std::size_t limit) const;

    std::string path_;
    SqliteFile file_;
    GraphEventReader graph_;
    StorageLayout layout_;
    std::int64_t schema_version_ = 0;
    std::int64_t last_event_rowid_ = 0;
    std::int64_t last_node_rowid_ = 0;
    std::int64_t event_count_ = 0;
    Position position_;
    std::string last_id_;
    bool at_end_ = false;
};

} // namespace backfill
