#include "graph_event.hpp"

#include "json_parser.hpp"
#include "stored_text.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace backfill {
namespace {

using simdjson::ondemand::json_type;
using Flaw = std::optional<std::string>; // why an event cannot be read; nothing if it can

constexpr int deepest = 1000; // each level is a call of skim(), so this also bounds the stack

std::string_view type_name(json_type type) {
    switch (type) {
    case json_type::array:
        return "an array";
    case json_type::object:
        return "an object";
    case json_type::number:
        return "a number";
    case json_type::boolean:
        return "a boolean";
    case json_type::null:
        return "null";
    default:
        return "a string";
    }
}

Flaw malformed(simdjson::error_code error) {
    return fmt::format("content is not well-formed JSON: {}", simdjson::error_message(error));
}

// Walks over a value that we have no use for, so that its brackets are known to match.
Flaw skim(simdjson::ondemand::value value, int depth);

Flaw skim_members(simdjson::ondemand::object object, int depth) {
    for (auto member : object) {
        simdjson::ondemand::value value;
        if (const auto error = member.value().get(value)) return malformed(error);
        if (Flaw flaw = skim(value, depth)) return flaw;
    }
    return std::nullopt;
}

Flaw skim_elements(simdjson::ondemand::array array, int depth) {
    for (auto element : array) {
        simdjson::ondemand::value value;
        if (const auto error = element.get(value)) return malformed(error);
        if (Flaw flaw = skim(value, depth)) return flaw;
    }
    return std::nullopt;
}

Flaw skim(simdjson::ondemand::value value, int depth) {
    if (depth > deepest) return fmt::format("content is nested more than {} levels deep", deepest);
    json_type type;
    if (const auto error = value.type().get(type)) return malformed(error);
    if (type == json_type::object) {
        simdjson::ondemand::object object;
        if (const auto error = value.get_object().get(object)) return malformed(error);
        return skim_members(object, depth + 1);
    }
    if (type == json_type::array) {
        simdjson::ondemand::array array;
        if (const auto error = value.get_array().get(array)) return malformed(error);
        return skim_elements(array, depth + 1);
    }
    return std::nullopt;
}

// The values of the keys that matter, as they are met. A field stays empty where the key is absent or null.
class Fields {
public:
    Flaw take(std::string_view key, simdjson::ondemand::value value) {
        if (key == "id") return text(key, value, id_);
        if (key == "type") return text(key, value, type_);
        if (key == "source") return text(key, value, source_);
        if (key == "time") return time(value);
        if (key == "user_id") return text(key, value, user_id_);
        if (key == "session_id") return text(key, value, session_id_);
        if (key == "trace_id") return text(key, value, trace_id_);
        if (key == "correlation_id") return text(key, value, correlation_id_);
        return skim(value, 1);
    }

    SourceEvent event(std::string_view node) && {
        const auto unreadable = [node](std::string reason) {
            return UnreadableEvent{EventId{std::string(node)}, std::move(reason)};
        };
        if (id_ && !id_->empty() && *id_ != node)
            return unreadable(fmt::format("content names another id, '{}', than the node has", *id_));
        if (!type_) return unreadable("content has no type");
        if (!source_) return unreadable("content has no source");
        return Event{EventId{std::string(node)},
                     std::move(*type_),
                     std::move(*source_),
                     time_,
                     std::move(user_id_).value_or(""),
                     std::move(session_id_).value_or(""),
                     std::move(trace_id_).value_or(""),
                     std::move(correlation_id_).value_or("")};
    }

private:
    static Flaw text(std::string_view key, simdjson::ondemand::value value, std::optional<std::string> &field) {
        json_type type;
        if (const auto error = value.type().get(type)) return malformed(error);
        field.reset();
        if (type == json_type::null) return null(value);
        if (type != json_type::string) return fmt::format("{} is {}, not a string", key, type_name(type));
        std::string_view string;
        if (const auto error = value.get_string().get(string)) return malformed(error);
        if (Flaw flaw = flaw_of(key, string)) return flaw;
        field.emplace(string);
        return std::nullopt;
    }

    // By its first letter it is null, but it may be `nul`.
    static Flaw null(simdjson::ondemand::value value) {
        bool is_null = false;
        if (const auto error = value.is_null().get(is_null)) return malformed(error);
        return is_null ? std::nullopt : malformed(simdjson::N_ATOM_ERROR);
    }

    Flaw time(simdjson::ondemand::value value) {
        json_type type;
        if (const auto error = value.type().get(type)) return malformed(error);
        if (type == json_type::number) return number(value);
        std::optional<std::string> written;
        time_.reset();
        if (Flaw flaw = text("time", value, written)) return flaw;
        return !written || written->empty() ? std::nullopt : keep(parse_instant(*written));
    }

    Flaw number(simdjson::ondemand::value value) {
        simdjson::ondemand::number number;
        if (const auto error = value.get_number().get(number))
            return fmt::format("time is a number that cannot be read: {}", simdjson::error_message(error));
        return keep(number.is_int64() ? from_integer(number.get_int64()) : from_real(number.as_double()));
    }

    Flaw keep(ParsedTime parsed) {
        if (auto *refused = std::get_if<RefusedTime>(&parsed)) return std::move(refused->reason);
        time_ = std::get<Instant>(parsed);
        return std::nullopt;
    }

    std::optional<std::string> id_, type_, source_, user_id_, session_id_, trace_id_, correlation_id_;
    std::optional<Instant> time_;
};

// What a document is that is no object. By its first letter `nothing` is null: only reading it tells.
Flaw not_an_object(simdjson::ondemand::document &document, json_type type) {
    simdjson::error_code error = simdjson::SUCCESS;
    if (type == json_type::null) {
        bool is_null = false;
        error = document.is_null().get(is_null);
        if (error == simdjson::SUCCESS && !is_null) error = simdjson::N_ATOM_ERROR;
    } else if (type == json_type::boolean) {
        error = document.get_bool().error();
    } else if (type == json_type::number) {
        error = document.get_number().error();
    }
    if (error != simdjson::SUCCESS) return malformed(error);
    return fmt::format("content is {}, not a JSON object", type_name(type));
}

Flaw read_object(simdjson::ondemand::document &document, Fields &fields) {
    json_type type;
    if (const auto error = document.type().get(type)) return malformed(error);
    if (type != json_type::object) return not_an_object(document, type);
    simdjson::ondemand::object object;
    if (const auto error = document.get_object().get(object)) return malformed(error);
    for (auto member : object) {
        std::string_view key;
        if (const auto error = member.unescaped_key().get(key)) return malformed(error);
        simdjson::ondemand::value value;
        if (const auto error = member.value().get(value)) return malformed(error);
        if (Flaw flaw = fields.take(key, value)) return flaw;
    }
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? std::nullopt : malformed(simdjson::TRAILING_CONTENT);
}

} // namespace

GraphEventReader::GraphEventReader() : parser_(std::make_unique<JsonParser>()) {}

GraphEventReader::~GraphEventReader() = default;

SourceEvent GraphEventReader::read(std::string_view node, std::string_view content) {
    simdjson::ondemand::document document;
    Fields fields;
    Flaw flaw;
    if (const auto error = parser_->iterate(content).get(document))
        flaw = malformed(error);
    else
        flaw = read_object(document, fields);
    if (flaw) return UnreadableEvent{EventId{std::string(node)}, std::move(*flaw)};
    return std::move(fields).event(node);
}

} // namespace backfill
