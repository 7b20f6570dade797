#include "event_row.hpp"

#include "stored_text.hpp"

#include <SQLiteCpp/Column.h>
#include <fmt/format.h>

#include <optional>
#include <sqlite3.h>
#include <utility>

namespace backfill {
namespace {

// What one huge text made a field grow to is not kept for the next one.
constexpr std::size_t most_kept_bytes = 1024;

std::string_view type_name(int type) {
    switch (type) {
    case SQLITE_INTEGER:
        return "an integer";
    case SQLITE_FLOAT:
        return "a real number";
    case SQLITE_BLOB:
        return "a BLOB";
    case SQLITE_NULL:
        return "NULL";
    default:
        return "text";
    }
}

// Of a value that is known to be no BLOB.
std::string_view text_of(const SQLite::Column &value) {
    const char *text = value.getText();
    return {text, static_cast<std::size_t>(value.getBytes())};
}

void empty(std::string &field) {
    if (field.capacity() > most_kept_bytes) std::string().swap(field); // an assignment would keep the memory
    field.clear();
}

// Reads one row field by field; after the first flaw there is nothing more to do.
class Fields {
public:
    explicit Fields(const SQLite::Statement &row) : row_(row) {}

    bool required(EventColumn column, std::string_view name, std::string &field) {
        empty(field);
        const SQLite::Column value = row_.getColumn(column);
        const int type = value.getType();
        return type == SQLITE_TEXT ? take(name, text_of(value), field) : not_text(name, type);
    }

    bool optional(EventColumn column, std::string_view name, std::string &field) {
        empty(field);
        const SQLite::Column value = row_.getColumn(column);
        const int type = value.getType();
        if (type == SQLITE_NULL) return true;
        return type == SQLITE_TEXT ? take(name, text_of(value), field) : not_text(name, type);
    }

    bool time(std::optional<Instant> &field) {
        field.reset();
        const SQLite::Column value = row_.getColumn(time_column);
        switch (value.getType()) {
        case SQLITE_NULL:
            return true;
        case SQLITE_INTEGER:
            return take(from_integer(value.getInt64()), field);
        case SQLITE_FLOAT:
            return take(from_real(value.getDouble()), field);
        case SQLITE_TEXT:
            break;
        default:
            flaw_ = "time is a BLOB";
            return false;
        }
        const std::string_view text = text_of(value);
        if (text.empty()) return true;
        if (auto flaw = flaw_of("time", text)) return refuse(std::move(*flaw));
        return take(parse_instant(text), field);
    }

    bool refuse(std::string flaw) {
        flaw_ = std::move(flaw);
        return false;
    }

    std::string flaw() && { return std::move(flaw_); }

private:
    bool take(std::string_view name, std::string_view text, std::string &field) {
        if (auto flaw = flaw_of(name, text)) return refuse(std::move(*flaw));
        field.assign(text);
        return true;
    }

    bool take(ParsedTime parsed, std::optional<Instant> &field) {
        if (auto *refused = std::get_if<RefusedTime>(&parsed)) return refuse(std::move(refused->reason));
        field = std::get<Instant>(parsed);
        return true;
    }

    bool not_text(std::string_view name, int type) {
        return refuse(fmt::format("{} is {}, not text", name, type_name(type)));
    }

    const SQLite::Statement &row_;
    std::string flaw_;
};

} // namespace

std::string_view bytes_of(const SQLite::Column &value) {
    if (value.getType() != SQLITE_BLOB) return text_of(value);
    return {static_cast<const char *>(value.getBlob()), static_cast<std::size_t>(value.getBytes())};
}

EventId displayed_id(const SQLite::Statement &row) {
    const std::string_view id = bytes_of(row.getColumn(id_column));
    if (id.empty()) return {fmt::format("rowid {}", row.getColumn(rowid_column).getInt64())};
    return {std::string(id)};
}

void read_event_row(const SQLite::Statement &row, SourceEvent &source_event) {
    auto *before = std::get_if<Event>(&source_event);
    Event &event = before != nullptr ? *before : source_event.emplace<Event>();
    Fields fields(row);
    const bool readable =
        fields.required(id_column, "id", event.id.text) && (!event.id.text.empty() || fields.refuse("id is empty"))
        && fields.required(type_column, "type", event.type) && fields.required(source_column, "source", event.source)
        && fields.time(event.time) && fields.optional(user_id_column, "user_id", event.user_id)
        && fields.optional(session_id_column, "session_id", event.session_id)
        && fields.optional(trace_id_column, "trace_id", event.trace_id)
        && fields.optional(correlation_id_column, "correlation_id", event.correlation_id);
    if (!readable) source_event = UnreadableEvent{displayed_id(row), std::move(fields).flaw()};
}

} // namespace backfill
