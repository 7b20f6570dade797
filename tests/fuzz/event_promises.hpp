// What backfill promises of an event and of the metadata made from it, wherever the event was read.
#pragma once

#include "event.hpp"
#include "fuzz.hpp"
#include "metadata.hpp"
#include "stored_text.hpp"

#include <nlohmann/json.hpp>

namespace fuzz {

inline void expect_storable(const std::string &text) {
    expect(!backfill::flaw_of("text", text), "a text can be stored in PostgreSQL", text);
}

// The JSON that is sent gives back each text as it was, and holds nothing else.
inline void expect_faithful_metadata(const backfill::Event &event) {
    for (const auto *text : {&event.id.text, &event.type, &event.source, &event.user_id, &event.session_id,
                             &event.trace_id, &event.correlation_id})
        expect_storable(*text);
    const backfill::Metadata metadata = extract(event);
    const std::string json = to_json(metadata);
    const auto parsed = nlohmann::json::parse(json);
    std::size_t values = 0;
    for (std::size_t at = 0; at < backfill::metadata_keys.size(); ++at) {
        if (!metadata.values[at]) continue;
        expect(parsed.at(std::string(backfill::metadata_keys[at])) == *metadata.values[at], "JSON keeps a text", json);
        ++values;
    }
    expect(parsed.size() == values, "JSON holds our keys only", json);
    expect(event.time.has_value() == parsed.contains("timestamp_unix"), "a time is written if there is one", json);
}

} // namespace fuzz
