// The first half of backfill alone: SQLite to batches of metadata, as the loop in backfill.cpp makes them, and no server.
//
//   read_and_extract SQLITE_FILE
#include "batch.hpp"
#include "event_source.hpp"
#include "metadata.hpp"

#include <iostream>
#include <span>
#include <variant>

using namespace backfill;

namespace {

constexpr std::size_t batch_size = 100; // pcasctl's default

Batch extract_all(std::span<SourceEvent> events) {
    Batch batch;
    batch.reserve(events.size());
    for (const SourceEvent &source_event : events) {
        const auto &event = std::get<Event>(source_event);
        batch.push_back({event.id, metadata_of(event)});
    }
    return batch;
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    EventSource source(argv[1]);
    std::size_t events = 0, bytes = 0;
    for (auto page = source.next(batch_size); !page.empty(); page = source.next(batch_size)) {
        for (const Update &update : extract_all(page)) bytes += update.metadata.size();
        events += page.size();
    }
    std::cout << events << " events, " << bytes << " bytes of metadata\n";
}
