// All events of a PCAS SQLite file, of whatever generation, page by page: first the table `events`, then the graph.
//
// What is there when the source is opened is read; events that the running server adds later have metadata from the
// server itself. Each page is a read transaction of its own, so none keeps the server's WAL from being checkpointed,
// and memory is bounded by a page. A page is read ahead of what is asked for: beginning a transaction on somebody else's
// file (see sqlite_file.hpp) costs as much as reading a few hundred events.
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
#include <span>
#include <vector>

namespace backfill {

// Of an event that was read: where another run could go on behind it.
struct Position {
    Generation generation = Generation::events;
    std::int64_t rowid = std::numeric_limits<std::int64_t>::min(); // before the first
    auto operator<=>(const Position &) const = default;
};

class EventSource {
public:
    static constexpr std::size_t usual_read_ahead = 2000;

    // Throws SourceError, with a message for the user, if the file cannot be read or has no events. About `read_ahead`
    // events are read at a time, if no more are asked for.
    explicit EventSource(const std::filesystem::path &path, std::size_t read_ahead = usual_read_ahead);

    std::int64_t event_count() const { return event_count_; } // as of opening: how many events to expect

    // The next events, at most `limit` of them (which is not 0), and fewer if they are large; empty when there are no
    // more. They are the caller's to take apart, until the next call. Throws SourceError.
    std::span<SourceEvent> next(std::size_t limit);

    // Of the last event that was handed out.
    Position position() const { return position_; }

private:
    // What one statement read. The rows of a twin are passed over, so a page without events is not yet the end.
    struct Page {
        std::vector<SourceEvent> events;
        std::vector<Position> positions; // of the events
        Position last;                   // of the last row
        std::string last_id;             // of the row at `last`, as far as that is text, if there may be more rows
        bool complete = false;           // this generation has no more rows
    };

    void survey(SQLite::Database &database);
    void follow_schema(SQLite::Database &database);
    void read_next_page(std::size_t limit);
    void read_page(SQLite::Database &database, std::size_t limit);
    void go_to_next_generation();
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
    std::size_t read_ahead_;
    Page page_;
    std::size_t handed_out_ = 0; // of the page
    Position position_;
    bool at_end_ = false;
};

} // namespace backfill
