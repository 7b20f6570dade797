#include "backfill.hpp"

#include "event_source.hpp"
#include "metadata.hpp"
#include "report.hpp"
#include "vector_store.hpp"

#include <span>
#include <utility>
#include <variant>

namespace backfill {
namespace {

// Extraction: what can be understood becomes an update, what cannot is a failure of that event alone.
Batch extract_all(std::span<SourceEvent> events, Report &report) {
    Batch batch;
    batch.reserve(events.size());
    for (SourceEvent &source_event : events) {
        if (auto *event = std::get_if<Event>(&source_event))
            batch.push_back({event->id, to_json(extract(std::move(*event)))});
        else
            report.unreadable(std::get<UnreadableEvent>(source_event));
    }
    return batch;
}

} // namespace

void backfill(EventSource &source, VectorStore &store, Report &report, std::size_t batch_size,
              const std::function<bool()> &stop) {
    bool more = true;
    while (more || !store.idle()) {
        more = more && !stop();
        if (more && store.has_room_for(batch_size)) {
            const auto events = source.next(batch_size); // 1. read the next events, in the order of their keys
            more = !events.empty();
            if (!more) continue;
            Batch batch = extract_all(events, report); // 2. extract their metadata
            store.submit(std::move(batch));            // 3. send it on its way, without waiting for it
        } else if (!store.idle()) {
            report.settled(store.wait()); // 4. report what became of the oldest batch
        }
    }
}

} // namespace backfill
