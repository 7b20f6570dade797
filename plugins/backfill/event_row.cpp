#include "event_row.hpp"

#include "plain_text.hpp"
#include "stored_text.hpp"

#include <fmt/format.h>

#include <optional>
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

void empty(std::string &field) {
    if (field.capacity() > most_kept_bytes) std::string().swap(field); // an assignment would keep the memory
    field.clear();
}

// Reads one row field by field; after the first flaw there is nothing more to do.
class Fields {
public:
    explicit Fields(const SqliteRow &row) : row_(row) {}

    bool required(EventColumn column, std::string_view name, std::string &field) {
        empty(field);
        const SqliteValue value = row_[column];
        const int type = value.type();
        return type == SQLITE_TEXT ? take(name, value.bytes(), field) : not_text(name, type);
    }

    bool optional(EventColumn column, std::string_view name, std::string &field) {
        empty(field);
        const SqliteValue value = row_[column];
        const int type = value.type();
        if (type == SQLITE_NULL) return true;
        return type == SQLITE_TEXT ? take(name, value.bytes(), field) : not_text(name, type);
    }

    bool time(std::optional<Instant> &field) {
        field.reset();
        const SqliteValue value = row_[time_column];
        switch (value.type()) {
        case SQLITE_NULL:
            return true;
        case SQLITE_INTEGER:
            return take(from_integer(value.integer()), field);
        case SQLITE_FLOAT:
            return take(from_real(value.real()), field);
        case SQLITE_TEXT:
            break;
        default:
            flaw_ = "time is a BLOB";
            return false;
        }
        const std::string_view text = value.bytes();
        if (text.empty()) return true;
        if (auto flaw = flaw_of("time", text)) return refuse(std::move(*flaw));
        return take(parse_instant(text), field);
    }

    bool refuse(std::string flaw) {
        flaw_ = std::move(flaw);
        return false;
    }

    bool plain() const { return plain_; }
    std::string flaw() && { return std::move(flaw_); }

private:
    bool take(std::string_view name, std::string_view text, std::string &field) {
        if (!is_plain(text)) {
            plain_ = false;
            if (auto flaw = flaw_of(name, text)) return refuse(std::move(*flaw));
        }
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

    const SqliteRow &row_;
    std::string flaw_;
    bool plain_ = true;
};

} // namespace

EventId displayed_id(std::int64_t rowid, std::string_view id) {
    return {id.empty() ? fmt::format("rowid {}", rowid) : std::string(id)};
}

EventId displayed_id(const SqliteRow &row) {
    return displayed_id(row[rowid_column].integer(), row[id_column].bytes());
}

void read_event_row(const SqliteRow &row, SourceEvent &source_event) {
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
    event.plain = fields.plain();
    if (!readable) source_event = UnreadableEvent{displayed_id(row), std::move(fields).flaw()};
}

} // namespace backfill
