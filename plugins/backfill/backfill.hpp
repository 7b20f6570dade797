// Read this first: the loop. All else in this folder is one of its steps.
#pragma once

#include <cstddef>
#include <functional>

namespace backfill {

class EventSource;
class Report;
class VectorStore;

// Takes every event from the source to the store, and tells the report what became of it. Returns when all is done, or,
// once `stop` says so, when what was on its way has been finished. Throws SourceError or StoreError when it cannot go
// on.
void backfill(EventSource &source, VectorStore &store, Report &report, std::size_t batch_size,
              const std::function<bool()> &stop);

} // namespace backfill
