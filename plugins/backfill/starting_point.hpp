// Where a run with --checkpoint begins: behind the checkpoint of an earlier one, if it is proved that this one reads the
// same events and writes the same rows.
#pragma once

#include "checkpoint_file.hpp"

namespace backfill {

class EventSource;
class VectorStore;

struct StartingPoint {
    Checkpoint checkpoint;
    bool goes_on = false; // behind an earlier run's checkpoint
};

// Takes the source to where the run begins. Without a file it begins at the first event. Throws FileError if there is a
// checkpoint that it must not go on from.
StartingPoint starting_point(const CheckpointFile &file, const Target &target, EventSource &source, VectorStore &store);

} // namespace backfill
