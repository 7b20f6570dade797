#include "event_source.hpp"

#include "event_row.hpp"
#include "stored_text.hpp"

#include <SQLiteCpp/Column.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sqlite3.h>
#include <utility>

namespace backfill {
namespace {

// A page ends early when it holds this much text, so that a few events of a megabyte each do not make a page of
// gigabytes.
constexpr std::size_t enough_bytes = 4 * 1024 * 1024;

std::size_t size_of(const SourceEvent &source_event) {
    if (const auto *event = std::get_if<Event>(&source_event))
        return event->id.text.size() + event->type.size() + event->source.size() + event->user_id.size()
               + event->session_id.size() + event->trace_id.size() + event->correlation_id.size();
    const auto &unreadable = std::get<UnreadableEvent>(source_event);
    return unreadable.id.text.size() + unreadable.reason.size();
}

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

} // namespace

EventSource::EventSource(const std::filesystem::path &path, std::size_t read_ahead)
    : path_(path.string()), file_(path), read_ahead_(read_ahead) {
    file_.read([this](SQLite::Database &database) { survey(database); });
    if (event_count_ == 0)
        throw SourceError(fmt::format("{} has no events: is this the SQLite file that PCAS uses?", path_));
    if (!layout_.holds(Generation::events)) page_.last.generation = Generation::graph;
}

void EventSource::survey(SQLite::Database &database) {
    schema_version_ = schema_version_of(database);
    layout_ = look_at_storage(database, path_);
    if (layout_.holds(Generation::events)) last_event_rowid_ = last_rowid_of(database, Generation::events);
    if (layout_.holds(Generation::graph)) last_node_rowid_ = last_rowid_of(database, Generation::graph);
    SQLite::Statement count(database, layout_.count);
    bind(count, 0);
    count.executeStep();
    event_count_ = count.getColumn(0).getInt64();
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
    while (handed_out_ == page_.events.size() && !at_end_) read_next_page(limit);
    const std::size_t count = std::min(limit, page_.events.size() - handed_out_);
    const std::span<SourceEvent> events(page_.events.data() + handed_out_, count);
    handed_out_ += count;
    if (count > 0) position_ = page_.positions[handed_out_ - 1];
    return events;
}

// A whole number of what is asked for at a time, so that it need not be made up of two pages.
void EventSource::read_next_page(std::size_t limit) {
    if (page_.complete) go_to_next_generation();
    if (at_end_) return;
    const std::size_t rows = std::max(read_ahead_ / limit, std::size_t{1}) * limit;
    const Page before = {{}, {}, page_.last, page_.last_id};
    handed_out_ = 0;
    file_.read([&](SQLite::Database &database) {
        page_ = before;
        follow_schema(database);
        read_page(database, rows);
    });
}

void EventSource::go_to_next_generation() {
    at_end_ = page_.last.generation == Generation::graph || !layout_.holds(Generation::graph);
    page_ = {{}, {}, {Generation::graph}, {}};
    handed_out_ = 0;
}

void EventSource::read_page(SQLite::Database &database, std::size_t limit) {
    const bool events = page_.last.generation == Generation::events;
    SQLite::Statement row(database, events ? layout_.events_page : layout_.nodes_page);
    bind(row, limit);
    page_.complete = true;
    page_.last_id.clear();
    std::size_t rows = 0, bytes = 0;
    while (bytes < enough_bytes && row.executeStep()) {
        ++rows;
        page_.last.rowid = row.getColumn(rowid_column).getInt64();
        auto event = events ? event_of_row(row) : event_of_node(row);
        if (event) {
            bytes += size_of(*event);
            page_.events.push_back(std::move(*event));
            page_.positions.push_back(page_.last);
        }
        page_.complete = rows < limit && bytes < enough_bytes;
        if (page_.complete) continue;
        const SQLite::Column id = row.getColumn(id_column);
        if (id.getType() == SQLITE_TEXT) page_.last_id = bytes_of(id);
    }
}

// Nothing if the graph has a readable copy, which comes with the nodes.
std::optional<SourceEvent> EventSource::event_of_row(const SQLite::Statement &row) {
    const SQLite::Column twin = row.getColumn(twin_id_column);
    if (!twin.isNull() && std::holds_alternative<Event>(read_node(twin, row.getColumn(twin_content_column))))
        return std::nullopt;
    return read_event_row(row);
}

// Nothing if the copy in `events` was taken instead, by the same rule from the other side.
std::optional<SourceEvent> EventSource::event_of_node(const SQLite::Statement &row) {
    SourceEvent event = read_node(row.getColumn(node_id_column), row.getColumn(content_column));
    auto *unreadable = std::get_if<UnreadableEvent>(&event);
    if (unreadable == nullptr) return event;
    if (row.getColumn(in_events_column).getInt() != 0) return std::nullopt;
    unreadable->id = displayed_id(row);
    return event;
}

// An unreadable event's id is left to the caller, who knows the row.
SourceEvent EventSource::read_node(const SQLite::Column &id, const SQLite::Column &content) {
    if (id.getType() != SQLITE_TEXT) return UnreadableEvent{{}, "the node's id is not text"};
    const std::string_view node = bytes_of(id);
    if (node.empty()) return UnreadableEvent{{}, "the node's id is empty"};
    if (auto flaw = flaw_of("id", node)) return UnreadableEvent{{}, std::move(*flaw)};
    if (content.getType() != SQLITE_TEXT && content.getType() != SQLITE_BLOB)
        return UnreadableEvent{{}, "content is neither text nor a BLOB"};
    return graph_.read(node, bytes_of(content));
}

void EventSource::bind(SQLite::Statement &statement, std::size_t limit) const {
    const bool events = page_.last.generation == Generation::events;
    const std::int64_t values[] = {page_.last.rowid, events ? last_event_rowid_ : last_node_rowid_,
                                   static_cast<std::int64_t>(limit), events ? last_node_rowid_ : last_event_rowid_};
    // A file of one generation needs fewer.
    for (int at = 0; at < statement.getBindParameterCount(); ++at) statement.bind(at + 1, values[at]);
}

} // namespace backfill
