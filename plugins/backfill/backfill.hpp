// Read this first: the loop. All else in this folder is one of its steps.
#pragma once

#include <cstddef>

namespace backfill {

class CheckpointKeeper;
class EventStream;
class Report;
class Throttle;
class VectorStore;
struct Stop;

// Takes every event from the source to the store, tells the report what became of it, and the checkpoint how far it has
// come. Returns when all is done, or, once a stop is asked for, when what was on its way has been finished. Throws
// SourceError, StoreError or FileError when it cannot go on.
void backfill(EventStream &source, VectorStore &store, Report &report, CheckpointKeeper &checkpoint, Throttle &throttle,
              std::size_t batch_size, const Stop &stop);

} // namespace backfill
