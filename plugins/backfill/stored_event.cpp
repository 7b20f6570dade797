#include "stored_event.hpp"

#include "event_row.hpp"
#include "storage_layout.hpp"
#include "stored_text.hpp"

#include <utility>

namespace backfill {

std::size_t size_of(const SourceEvent &source_event) {
    if (const auto *event = std::get_if<Event>(&source_event))
        return event->id.text.size() + event->type.size() + event->source.size() + event->user_id.size()
               + event->session_id.size() + event->trace_id.size() + event->correlation_id.size();
    const auto &unreadable = std::get<UnreadableEvent>(source_event);
    return unreadable.id.text.size() + unreadable.reason.size();
}

bool StoredEventReader::event_of_row(const SqliteRow &row, SourceEvent &event) {
    const SqliteValue twin = row[twin_id_column];
    if (!twin.is_null() && std::holds_alternative<Event>(read_node(twin, row[twin_content_column]))) return false;
    read_event_row(row, event);
    return true;
}

bool StoredEventReader::event_of_node(const SqliteRow &row, SourceEvent &event) {
    event = read_node(row[node_id_column], row[content_column]);
    auto *unreadable = std::get_if<UnreadableEvent>(&event);
    if (unreadable == nullptr) return true;
    if (row[in_events_column].integer() != 0) return false;
    unreadable->id = displayed_id(row);
    return true;
}

// An unreadable event's id is left to the caller, who knows the row.
SourceEvent StoredEventReader::read_node(SqliteValue id, SqliteValue content) {
    if (id.type() != SQLITE_TEXT) return UnreadableEvent{{}, "the node's id is not text"};
    const std::string_view node = id.bytes();
    if (node.empty()) return UnreadableEvent{{}, "the node's id is empty"};
    if (auto flaw = flaw_of("id", node)) return UnreadableEvent{{}, std::move(*flaw)};
    if (content.type() != SQLITE_TEXT && content.type() != SQLITE_BLOB)
        return UnreadableEvent{{}, "content is neither text nor a BLOB"};
    return graph_.read(node, content.bytes());
}

} // namespace backfill
