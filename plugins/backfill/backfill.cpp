#include "backfill.hpp"

#include "checkpoint_keeper.hpp"
#include "event_stream.hpp"
#include "metadata.hpp"
#include "report.hpp"
#include "stop.hpp"
#include "throttle.hpp"
#include "vector_store.hpp"

#include <deque>
#include <span>
#include <utility>
#include <variant>

namespace backfill {
namespace {

// Extraction: what can be understood becomes an update, what cannot is a failure of that event alone.
Batch extract_all(std::span<SourceEvent> events, std::vector<UnreadableEvent> &unreadable) {
    Batch batch;
    batch.reserve(events.size());
    for (SourceEvent &source_event : events) {
        if (const auto *event = std::get_if<Event>(&source_event))
            batch.push_back({event->id, metadata_of(*event)});
        else
            unreadable.push_back(std::move(std::get<UnreadableEvent>(source_event)));
    }
    return batch;
}

// Beside a batch that is on its way.
struct Behind {
    Position position; // of its last event
    std::vector<UnreadableEvent> unreadable;
};

} // namespace

void backfill(EventStream &source, VectorStore &store, Report &report, CheckpointKeeper &checkpoint, Throttle &throttle,
              std::size_t batch_size, const Stop &stop) {
    std::deque<Behind> on_its_way;
    bool more = true;
    while (more || !store.idle()) {
        more = more && !stop.requested();
        if (more && throttle.is_open() && store.has_room_for(batch_size)) {
            const auto events = source.next(batch_size); // 1. read the next events, in the order of their keys
            more = !events.empty();
            if (!more) continue;
            throttle.took(events.size());
            Behind &behind = on_its_way.emplace_back(Behind{source.position(), {}});
            Batch batch = extract_all(events, behind.unreadable); // 2. extract their metadata
            store.submit(std::move(batch));                       // 3. send it on its way, without waiting for it
        } else if (!store.idle()) {
            const BatchResult results = store.wait(more); // the oldest batch, durable
            const Behind behind = std::move(on_its_way.front());
            on_its_way.pop_front();
            report.settled(behind.unreadable, results);                   // 4. report what became of it
            checkpoint.reached(behind.position, results, report.tally()); // 5. another run could go on from here
        } else {
            throttle.wait();
        }
    }
}

} // namespace backfill
