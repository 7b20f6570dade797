#include "metadata.hpp"

#include <utility>

namespace backfill {
namespace {

bool needs_escape(char character) {
    return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

void append_escaped(char character, std::string &json) {
    constexpr std::string_view short_forms = "\"\"\\\\\bb\ff\nn\rr\tt"; // each character, and what stands for it
    for (std::size_t at = 0; at < short_forms.size(); at += 2) {
        if (character != short_forms[at]) continue;
        json += '\\';
        json += short_forms[at + 1];
        return;
    }
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    json += "\\u00";
    json += hexadecimal[static_cast<unsigned char>(character) >> 4];
    json += hexadecimal[static_cast<unsigned char>(character) & 0xF];
}

// Copies whole runs: nearly every text has nothing to escape.
void append_escaped(std::string_view text, std::string &json) {
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!needs_escape(text[at])) continue;
        json.append(text, copied, at - copied);
        append_escaped(text[at], json);
        copied = at + 1;
    }
    json.append(text, copied);
}

std::optional<std::string> unless_empty(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

} // namespace

Metadata extract(Event event) {
    std::optional<std::string> unix_seconds, rfc3339;
    if (event.time) {
        unix_seconds = std::to_string(event.time->unix_seconds);
        rfc3339 = to_rfc3339(*event.time);
    }
    return {{unless_empty(std::move(event.user_id)), unless_empty(std::move(event.trace_id)), std::move(rfc3339),
             std::move(event.type), unless_empty(std::move(event.session_id)), std::move(event.source),
             unless_empty(std::move(event.correlation_id)), std::move(unix_seconds)}};
}

void append_json(const Metadata &metadata, std::string &json) {
    std::string_view before_key = "{\"";
    for (std::size_t at = 0; at < metadata_keys.size(); ++at) {
        if (!metadata.values[at]) continue;
        json += before_key;
        json += metadata_keys[at];
        json += "\": \"";
        append_escaped(*metadata.values[at], json);
        before_key = "\", \"";
    }
    const bool has_values = before_key.front() == '"';
    json += has_values ? "\"}" : "{}";
}

std::string to_json(const Metadata &metadata) {
    constexpr std::size_t usual_size = 384; // spares the string from growing in steps
    std::string json;
    json.reserve(usual_size);
    append_json(metadata, json);
    return json;
}

} // namespace backfill
