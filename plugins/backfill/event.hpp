// An event as the event source hands it on: what metadata is made of, and nothing of how it was stored.
#pragma once

#include "instant.hpp"

#include <compare>
#include <optional>
#include <string>
#include <variant>

namespace backfill {

struct EventId {
    std::string text;
    auto operator<=>(const EventId &) const = default; // NOLINT(modernize-use-nullptr): the compiler's 0
};

// Every text is valid UTF-8 without NUL. An optional id that the event does not have is empty.
struct Event {
    EventId id;
    std::string type;
    std::string source;
    std::optional<Instant> time;
    std::string user_id;
    std::string session_id;
    std::string trace_id;
    std::string correlation_id;
    bool plain = false; // every text is known to be; see plain_text.hpp
};

// Why an event was not updated.
enum class FailureKind {
    unreadable, // it is there, but cannot be understood, and we must not guess
    no_event,   // it was asked for by its id, and is not there
    no_vector,  // no row has its id
    rejected    // the server did not take it
};

// An event that the source cannot give.
struct UnreadableEvent {
    EventId id;         // as far as it is known: the stored bytes, or "rowid N" where there is no id
    std::string reason; // for the user; may quote stored bytes as they are
    FailureKind kind = FailureKind::unreadable;
};

using SourceEvent = std::variant<Event, UnreadableEvent>;

inline const EventId &id_of(const SourceEvent &event) {
    return std::visit([](const auto &one) -> const EventId & { return one.id; }, event);
}

} // namespace backfill
