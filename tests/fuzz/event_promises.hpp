// What backfill promises of an event and of the metadata made from it, wherever the event was read.
#pragma once

#include "event.hpp"
#include "fuzz.hpp"
#include "metadata.hpp"
#include "stored_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace fuzz {

inline void expect_storable(const std::string &text) {
    expect(!backfill::flaw_of("text", text), "a text can be stored in PostgreSQL", text);
}

inline void expect_member(const nlohmann::json &json, const char *key, const std::string &text, bool always) {
    if (always || !text.empty())
        expect(json.value(key, nlohmann::json()) == text, "JSON keeps a text", text);
    else
        expect(!json.contains(key), "what an event does not have is not there", text);
}

// The JSON that is sent gives back each text as it was, and holds nothing else.
inline void expect_faithful_metadata(const backfill::Event &event) {
    for (const auto *text : {&event.id.text, &event.type, &event.source, &event.user_id, &event.session_id,
                             &event.trace_id, &event.correlation_id})
        expect_storable(*text);
    const std::string json = metadata_of(event);
    const auto parsed = nlohmann::json::parse(json);
    expect_member(parsed, "event_type", event.type, true);
    expect_member(parsed, "event_source", event.source, true);
    expect_member(parsed, "user_id", event.user_id, false);
    expect_member(parsed, "session_id", event.session_id, false);
    expect_member(parsed, "trace_id", event.trace_id, false);
    expect_member(parsed, "correlation_id", event.correlation_id, false);
    for (const auto &member : parsed.items())
        expect(std::find(backfill::metadata_keys.begin(), backfill::metadata_keys.end(), member.key())
                   != backfill::metadata_keys.end(),
               "JSON holds our keys only", json);
    expect(event.time.has_value() == parsed.contains("timestamp_unix"), "a time is written if there is one", json);
    expect(event.time.has_value() == parsed.contains("timestamp"), "in both forms", json);
}

} // namespace fuzz
