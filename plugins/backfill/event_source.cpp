#include "event_source.hpp"

#include "event_lookup.hpp"
#include "event_row.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <sqlite3.h>

namespace backfill {
namespace {

std::int64_t schema_version_of(const SQLite::Database &database) {
    SQLite::Statement query(database, "PRAGMA schema_version");
    query.executeStep();
    return query.getColumn(0).getInt64();
}

// Of a table without rows: 0.
std::int64_t last_rowid_of(const SQLite::Database &database, Generation generation) {
    SQLite::Statement query(database, fmt::format("SELECT coalesce(max(rowid), 0) FROM {}", table_of(generation)));
    query.executeStep();
    return query.getColumn(0).getInt64();
}

// A file of one generation has statements that need fewer.
void bind(SQLite::Statement &statement, const std::array<std::int64_t, 4> &values) {
    for (int at = 0; at < statement.getBindParameterCount(); ++at)
        statement.bind(at + 1, values[static_cast<std::size_t>(at)]);
}

std::int64_t rowid_of(const std::optional<Mark> &mark) {
    return mark ? mark->rowid : std::numeric_limits<std::int64_t>::min(); // before the first
}

} // namespace

EventSource::EventSource(const std::filesystem::path &path, std::size_t read_ahead)
    : path_(path.string()), file_(path), read_ahead_(read_ahead) {
    file_.read([this](SQLite::Database &database) { survey(database); });
    if (event_count_ == 0)
        throw SourceError(fmt::format("{} has no events: is this the SQLite file that PCAS uses?", path_));
    page_ = before_first(layout_.holds(Generation::events) ? Generation::events : Generation::graph);
}

void EventSource::survey(SQLite::Database &database) {
    schema_version_ = schema_version_of(database);
    layout_ = look_at_storage(database, path_);
    if (layout_.holds(Generation::events)) last_event_rowid_ = last_rowid_of(database, Generation::events);
    if (layout_.holds(Generation::graph)) last_node_rowid_ = last_rowid_of(database, Generation::graph);
    count_events(database);
}

void EventSource::count_events(SQLite::Database &database) {
    SQLite::Statement count(database, layout_.count);
    bind(count, {rowid_of(position_.events), last_event_rowid_, rowid_of(position_.graph), last_node_rowid_});
    count.executeStep();
    event_count_ = count.getColumn(0).getInt64();
}

bool EventSource::go_on_behind(const Position &position) {
    bool same = false;
    file_.read([&](SQLite::Database &database) {
        survey(database);
        same = has(database, Generation::events, position.events) && has(database, Generation::graph, position.graph);
        if (!same) return;
        position_ = position;
        count_events(database);
    });
    if (same) page_ = before_first(page_.last.generation);
    return same;
}

bool EventSource::has(SQLite::Database &database, Generation generation, const std::optional<Mark> &mark) const {
    if (!mark) return true;
    if (!layout_.holds(generation)) return false;
    SQLite::Statement row(database, fmt::format("SELECT id FROM {} WHERE rowid = ?1", table_of(generation)));
    row.bind(1, mark->rowid);
    return row.executeStep() && displayed_id(mark->rowid, row.getColumn(0).getString()) == mark->id;
}

SourceEvent EventSource::find(const EventId &id) {
    SourceEvent event;
    file_.read([&](SQLite::Database &database) { event = EventLookup(database, layout_, reader_).find(id); });
    return event;
}

EventSource::Page EventSource::before_first(Generation generation) const {
    const std::optional<Mark> &mark = generation == Generation::events ? position_.events : position_.graph;
    return {{generation, rowid_of(mark)}, {}};
}

// The server may add a column while we read, which changes what there is to read. VACUUM may give rows other rowids,
// after which nobody could say which of them we have read.
void EventSource::follow_schema(SQLite::Database &database) {
    const std::int64_t version = schema_version_of(database);
    if (version == schema_version_) return;
    layout_ = look_at_storage(database, path_);
    const char *table = table_of(page_.last.generation);
    if (!layout_.holds(page_.last.generation))
        throw SourceError(fmt::format("table '{}' was removed from {} while it was read: run again", table, path_));
    if (!page_.last_id.empty()) {
        SQLite::Statement query(database, fmt::format("SELECT 1 FROM {} WHERE rowid = ?1 AND id = ?2", table));
        query.bind(1, page_.last.rowid);
        query.bind(2, page_.last_id);
        if (!query.executeStep())
            throw SourceError(fmt::format("{} was reorganised (VACUUM) while it was read: run again", path_));
    }
    schema_version_ = version;
}

std::span<SourceEvent> EventSource::next(std::size_t limit) {
    while (handed_out_ == page_.events && !at_end_) read_next_page(limit);
    const std::size_t count = std::min(limit, page_.events - handed_out_);
    const std::span<SourceEvent> events(events_.data() + handed_out_, count);
    handed_out_ += count;
    if (count > 0) {
        std::optional<Mark> &mark = page_.last.generation == Generation::events ? position_.events : position_.graph;
        mark = {rowids_[handed_out_ - 1], id_of(events.back())};
    }
    return events;
}

// A whole number of what is asked for at a time, so that it need not be made up of two pages.
void EventSource::read_next_page(std::size_t limit) {
    if (page_.complete) go_to_next_generation();
    if (at_end_) return;
    const std::size_t rows = std::max(read_ahead_ / limit, std::size_t{1}) * limit;
    const Page before = {page_.last, page_.last_id};
    handed_out_ = 0;
    file_.read([&](SQLite::Database &database) {
        page_ = before;
        follow_schema(database);
        read_page(database, rows);
    });
}

void EventSource::go_to_next_generation() {
    at_end_ = page_.last.generation == Generation::graph || !layout_.holds(Generation::graph);
    page_ = before_first(Generation::graph);
    handed_out_ = 0;
}

void EventSource::read_page(SQLite::Database &database, std::size_t limit) {
    const bool events = page_.last.generation == Generation::events;
    const auto read = events ? &StoredEventReader::event_of_row : &StoredEventReader::event_of_node;
    RowFunction row_function(database, events ? int{event_columns} : int{node_columns});
    SQLite::Statement query(database, events ? layout_.events_page : layout_.nodes_page);
    const auto wanted = static_cast<std::int64_t>(limit);
    if (events)
        bind(query, {page_.last.rowid, last_event_rowid_, wanted, last_node_rowid_});
    else
        bind(query, {page_.last.rowid, last_node_rowid_, wanted, last_event_rowid_});
    page_.complete = true;
    page_.last_id.clear();
    rowids_.clear();
    std::size_t rows = 0, bytes = 0;
    bool is_in_order = true;
    row_function.read(query, [&](const SqliteRow &row) {
        ++rows;
        const std::int64_t rowid = row[rowid_column].integer();
        is_in_order = rowid > page_.last.rowid;
        if (!is_in_order) return false;
        page_.last.rowid = rowid;
        if (page_.events == events_.size()) events_.emplace_back();
        SourceEvent &event = events_[page_.events];
        if ((reader_.*read)(row, event)) {
            bytes += size_of(event);
            rowids_.push_back(page_.last.rowid);
            ++page_.events;
        }
        page_.complete = rows < limit && bytes < enough_bytes;
        if (page_.complete) return true;
        const SqliteValue id = row[id_column];
        if (id.type() == SQLITE_TEXT) page_.last_id = id.bytes();
        return bytes < enough_bytes;
    });
    // To go on behind such a row could go on for ever.
    if (!is_in_order) throw SQLite::Exception("its rows are not in order", SQLITE_CORRUPT);
}

} // namespace backfill
