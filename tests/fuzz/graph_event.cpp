// The JSON of a graph node. What is read from it is what another JSON library reads; what that one takes for an event is
// not refused.
#include "graph_event.hpp"

#include "event_promises.hpp"

#include <optional>

using namespace backfill;
using fuzz::expect;

namespace {

// The content as another library reads it; nothing if it is no JSON object.
std::optional<nlohmann::json> read_otherwise(std::string_view content) {
    auto parsed = nlohmann::json::parse(content, nullptr, false);
    if (!parsed.is_object()) return std::nullopt;
    return parsed;
}

std::string text_in(const nlohmann::json &object, const char *key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

void expect_same(const Event &event, const nlohmann::json &object) {
    const std::pair<const char *, const std::string &> fields[] = {
        {"type", event.type},         {"source", event.source},
        {"user_id", event.user_id},   {"session_id", event.session_id},
        {"trace_id", event.trace_id}, {"correlation_id", event.correlation_id}};
    for (const auto &[key, text] : fields) expect(text_in(object, key) == text, "a field is read as by others", key);
    const auto time = object.find("time");
    const bool is_empty_text =
        time != object.end() && time->is_string() && time->get_ref<const std::string &>().empty();
    const bool has_time = time != object.end() && !time->is_null() && !is_empty_text;
    expect(event.time.has_value() == has_time, "a time is read if there is one");
}

bool is_plain_text(const nlohmann::json &object, const char *key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() && !flaw_of(key, found->get<std::string>());
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static GraphEventReader reader;
    const std::string_view content = fuzz::text_of(data, size);
    const SourceEvent read = reader.read("node", content);
    const auto otherwise = read_otherwise(content);
    if (const auto *unreadable = std::get_if<UnreadableEvent>(&read)) {
        expect(unreadable->id.text == "node" && !unreadable->reason.empty(), "a refused event has its id and a reason");
        const bool smallest = otherwise && otherwise->size() == 2 && is_plain_text(*otherwise, "type")
                              && is_plain_text(*otherwise, "source");
        expect(!smallest, "a type and a source are enough", content);
        return 0;
    }
    const auto &event = std::get<Event>(read);
    expect(event.id.text == "node", "an event is its node's");
    fuzz::expect_faithful_metadata(event);
    if (otherwise) expect_same(event, *otherwise);
    return 0;
}
