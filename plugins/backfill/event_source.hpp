// All events of a PCAS SQLite file, of whatever generation, page by page: first the table `events`, then the graph.
//
// What is there when the source is opened is read; events that the running server adds later have metadata from the
// server itself. Each page is a read transaction of its own, so none keeps the server's WAL from being checkpointed,
// and memory is bounded by a page. A page is read ahead of what is asked for: beginning a transaction on somebody else's
// file (see sqlite_file.hpp) costs as much as reading a few hundred events.
#pragma once

#include "event_stream.hpp"
#include "source_error.hpp"
#include "sqlite_file.hpp"
#include "storage_layout.hpp"
#include "stored_event.hpp"

#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace backfill {

class EventSource : public EventStream {
public:
    static constexpr std::size_t usual_read_ahead = 2000;

    // Throws SourceError, with a message for the user, if the file cannot be read or has no events. About `read_ahead`
    // events are read at a time, if no more are asked for.
    explicit EventSource(const std::filesystem::path &path, std::size_t read_ahead = usual_read_ahead);

    // Passes over everything up to a position of another run. False if this is not the file that it is a position in,
    // or its rows have other numbers now. Before the first next(). Throws SourceError.
    bool go_on_behind(const Position &position);

    // One event, wherever it is in the file. Throws SourceError.
    SourceEvent find(const EventId &id);

    std::int64_t event_count() const { return event_count_; } // as of opening: how many events to expect

    std::span<SourceEvent> next(std::size_t limit) override;
    Position position() const override { return position_; }

private:
    struct Place {
        Generation generation;
        std::int64_t rowid;
    };

    // What one statement read. The rows of a twin are passed over, so a page without events is not yet the end.
    struct Page {
        Place last;             // of the last row
        std::string last_id;    // of the row at `last`, as far as that is text, if there may be more rows
        bool complete = false;  // this generation has no more rows
        std::size_t events = 0; // of events_
    };

    void survey(SQLite::Database &database);
    void count_events(SQLite::Database &database);
    bool has(SQLite::Database &database, Generation generation, const std::optional<Mark> &mark) const;
    Page before_first(Generation generation) const;
    void follow_schema(SQLite::Database &database);
    void read_next_page(std::size_t limit);
    void read_page(SQLite::Database &database, std::size_t limit);
    void go_to_next_generation();

    std::string path_;
    SqliteFile file_;
    StoredEventReader reader_;
    StorageLayout layout_;
    std::int64_t schema_version_ = 0;
    std::int64_t last_event_rowid_ = 0;
    std::int64_t last_node_rowid_ = 0;
    std::int64_t event_count_ = 0;
    std::size_t read_ahead_;
    Page page_;
    std::vector<SourceEvent> events_;  // the first of them are those of the page; the memory of all is used again
    std::vector<std::int64_t> rowids_; // of the page's events
    std::size_t handed_out_ = 0;       // of the page
    Position position_;                // of the last event that was handed out
    bool at_end_ = false;
};

} // namespace backfill
