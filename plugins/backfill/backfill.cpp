#include "backfill.hpp"

#include "event_source.hpp"
#include "metadata.hpp"
#include "report.hpp"
#include "vector_store.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace backfill {
namespace {

// Extraction: what can be understood becomes an update, what cannot is a failure of that event alone.
Batch extract_all(std::vector<SourceEvent> &page, Report &report) {
    Batch batch;
    batch.reserve(page.size());
    for (SourceEvent &source_event : page) {
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
    std::vector<SourceEvent> page;
    bool more = true;
    while (more || !store.idle()) {
        more = more && !stop();
        if (more && store.has_room_for(batch_size)) {
            more = source.next_page(batch_size, page); // 1. read the next events, in the order of their keys
            if (!more) continue;
            Batch batch = extract_all(page, report); // 2. extract their metadata
            store.submit(std::move(batch));          // 3. send it on its way, without waiting for it
        } else if (!store.idle()) {
            report.settled(store.wait()); // 4. report what became of the oldest batch
        }
    }
}

} // namespace backfill
