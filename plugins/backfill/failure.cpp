#include "failure.hpp"

#include "id_member.hpp"

namespace backfill {
namespace {

using Json = nlohmann::ordered_json;

const char *name(FailureKind kind) {
    switch (kind) {
    case FailureKind::unreadable:
        return "unreadable";
    case FailureKind::no_event:
        return "no_event";
    case FailureKind::no_vector:
        return "no_vector";
    case FailureKind::rejected:
        break;
    }
    return "failed";
}

// Members of members are of no use to us, and could be as large as the line.
bool is_shallow(int depth, Json::parse_event_t, Json &) {
    return depth <= 1;
}

} // namespace

std::string to_record(const Failure &failure) {
    Json record = Json::object();
    add_id(record, failure.id);
    record["kind"] = name(failure.kind);
    record["reason"] = failure.reason;
    return record.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<EventId> id_of_record(std::string_view line) {
    if (line.empty() || line.front() != '{') return std::nullopt;
    const Json record = Json::parse(line, is_shallow, false);
    if (!record.is_object()) return std::nullopt;
    return id_in(record);
}

} // namespace backfill
