// The first half of backfill alone: SQLite to batches of metadata, no server. How fast can they be had?
//
//   read_and_extract SQLITE_FILE [BATCH_SIZE]
#include "event_source.hpp"
#include "metadata.hpp"

#include <cstdlib>
#include <iostream>
#include <utility>
#include <variant>

using namespace backfill;

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    const std::size_t batch_size = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
    EventSource source(argv[1]);
    std::size_t events = 0, bytes = 0;
    for (auto batch = source.next(batch_size); !batch.empty(); batch = source.next(batch_size)) {
        for (SourceEvent &event : batch) bytes += to_json(extract(std::get<Event>(std::move(event)))).size();
        events += batch.size();
    }
    std::cout << events << " events, " << bytes << " bytes of metadata\n";
}
