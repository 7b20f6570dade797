// What the tests of the event source do with one: read it to its end, and say what came out.
#pragma once

#include "event_source.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace reading {

// The rest of the source, in pages of `limit`.
std::vector<backfill::SourceEvent> rest_of(backfill::EventSource &source, std::size_t limit = 3);

// All of the file, which has to be as many events as the source announced.
std::vector<backfill::SourceEvent> all_of(const std::filesystem::path &path);

std::vector<std::string> ids_of(const std::vector<backfill::SourceEvent> &events);

// Why an event is unreadable, or "readable".
std::string reason(const backfill::SourceEvent &event);

// The event, which has to be readable.
backfill::Event readable(const backfill::SourceEvent &event);

// Why the file cannot be read to its end, or "read".
std::string refusal(const std::filesystem::path &path);

bool contains(const std::string &text, const std::string &part);

} // namespace reading
