#include "metadata.hpp"

#include "json_text.hpp"

#include <fmt/format.h>

#include <array>

namespace backfill {
namespace {

// What stands between the value before and the value of each key, from quotation mark to quotation mark.
const auto &lead_ins() {
    static const auto made = [] {
        std::array<std::string, metadata_keys.size()> all;
        for (std::size_t at = 0; at < all.size(); ++at) all[at] = fmt::format(R"(", "{}": ")", metadata_keys[at]);
        return all;
    }();
    return made;
}

// Writes the members in the order of metadata_keys.
class Members {
public:
    Members(std::string &json, bool plain) : json_(json), plain_(plain) {}

    void text(std::string_view lead_in, std::string_view value) {
        begin(lead_in);
        if (plain_)
            json_ += value;
        else
            append_json(value, json_);
    }

    void text_unless_empty(std::string_view lead_in, std::string_view value) {
        if (!value.empty()) text(lead_in, value);
    }

    // To be followed by a value that needs no escapes.
    void begin(std::string_view lead_in) {
        if (json_.empty()) {
            json_ = '{';
            lead_in.remove_prefix(std::string_view("\", ").size());
        }
        json_ += lead_in;
    }

private:
    std::string &json_;
    bool plain_; // all texts
};

} // namespace

std::string metadata_of(const Event &event) {
    constexpr std::size_t usual_size = 384; // spares the string from growing in steps
    const auto &[user_id, trace_id, timestamp, event_type, session_id, event_source, correlation_id, timestamp_unix] =
        lead_ins();
    std::string json;
    json.reserve(usual_size);
    Members members(json, event.plain);
    members.text_unless_empty(user_id, event.user_id);
    members.text_unless_empty(trace_id, event.trace_id);
    if (event.time) {
        members.begin(timestamp);
        append_rfc3339(*event.time, json);
    }
    members.text(event_type, event.type);
    members.text_unless_empty(session_id, event.session_id);
    members.text(event_source, event.source);
    members.text_unless_empty(correlation_id, event.correlation_id);
    if (event.time) {
        members.begin(timestamp_unix);
        json += std::to_string(event.time->unix_seconds);
    }
    json += "\"}";
    return json;
}

} // namespace backfill
