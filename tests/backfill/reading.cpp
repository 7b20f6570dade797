#include "reading.hpp"

#include <doctest/doctest.h>

namespace reading {

using namespace backfill;

std::vector<SourceEvent> rest_of(EventSource &source, std::size_t limit) {
    std::vector<SourceEvent> all;
    for (auto page = source.next(limit); !page.empty(); page = source.next(limit)) {
        REQUIRE(page.size() <= limit);
        all.insert(all.end(), page.begin(), page.end());
    }
    CHECK(source.next(limit).empty());
    return all;
}

std::vector<SourceEvent> all_of(const std::filesystem::path &path) {
    EventSource source(path);
    std::vector<SourceEvent> all = rest_of(source);
    CHECK(source.event_count() == static_cast<std::int64_t>(all.size()));
    return all;
}

std::vector<std::string> ids_of(const std::vector<SourceEvent> &events) {
    std::vector<std::string> ids;
    ids.reserve(events.size());
    for (const SourceEvent &event : events)
        ids.push_back(std::visit([](const auto &one) { return one.id.text; }, event));
    return ids;
}

std::string reason(const SourceEvent &event) {
    if (const auto *unreadable = std::get_if<UnreadableEvent>(&event)) return unreadable->reason;
    return "readable";
}

Event readable(const SourceEvent &event) {
    REQUIRE_MESSAGE(std::holds_alternative<Event>(event), reason(event));
    return std::get<Event>(event);
}

std::string refusal(const std::filesystem::path &path) {
    try {
        all_of(path);
    } catch (const SourceError &error) {
        return error.what();
    }
    return "read";
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace reading
