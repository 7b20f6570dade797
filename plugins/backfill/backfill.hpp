// Read this first: the loop. All else in this folder is one of its steps.
#pragma once

#include <cstddef>
#include <functional>

namespace backfill {

class CheckpointKeeper;
class EventStream;
class Report;
class VectorStore;

// Takes every event from the source to the store, tells the report what became of it, and the checkpoint how far it has
// come. Returns when all is done, or, once `stop` says so, when what was on its way has been finished. Throws
// SourceError, StoreError or FileError when it cannot go on.
void backfill(EventStream &source, VectorStore &store, Report &report, CheckpointKeeper &checkpoint,
              std::size_t batch_size, const std::function<bool()> &stop);

} // namespace backfill
