#include "stored_event.hpp"

#include "event_row.hpp"
#include "storage_layout.hpp"
#include "stored_text.hpp"

#include <sqlite3.h>
#include <utility>

namespace backfill {

std::size_t size_of(const SourceEvent &source_event) {
    if (const auto *event = std::get_if<Event>(&source_event))
        return event->id.text.size() + event->type.size() + event->source.size() + event->user_id.size()
               + event->session_id.size() + event->trace_id.size() + event->correlation_id.size();
    const auto &unreadable = std::get<UnreadableEvent>(source_event);
    return unreadable.id.text.size() + unreadable.reason.size();
}

bool StoredEventReader::event_of_row(const SQLite::Statement &row, SourceEvent &event) {
    const SQLite::Column twin = row.getColumn(twin_id_column);
    if (!twin.isNull() && std::holds_alternative<Event>(read_node(twin, row.getColumn(twin_content_column))))
        return false;
    read_event_row(row, event);
    return true;
}

bool StoredEventReader::event_of_node(const SQLite::Statement &row, SourceEvent &event) {
    event = read_node(row.getColumn(node_id_column), row.getColumn(content_column));
    auto *unreadable = std::get_if<UnreadableEvent>(&event);
    if (unreadable == nullptr) return true;
    if (row.getColumn(in_events_column).getInt() != 0) return false;
    unreadable->id = displayed_id(row);
    return true;
}

// An unreadable event's id is left to the caller, who knows the row.
SourceEvent StoredEventReader::read_node(const SQLite::Column &id, const SQLite::Column &content) {
    if (id.getType() != SQLITE_TEXT) return UnreadableEvent{{}, "the node's id is not text"};
    const std::string_view node = bytes_of(id);
    if (node.empty()) return UnreadableEvent{{}, "the node's id is empty"};
    if (auto flaw = flaw_of("id", node)) return UnreadableEvent{{}, std::move(*flaw)};
    if (content.getType() != SQLITE_TEXT && content.getType() != SQLITE_BLOB)
        return UnreadableEvent{{}, "content is neither text nor a BLOB"};
    return graph_.read(node, bytes_of(content));
}

} // namespace backfill
