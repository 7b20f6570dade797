// How far a run has durably come; and, with --checkpoint, the file kept up with it.
//
// The file is written once a second at most, so that syncing it costs nothing to speak of. A write that fails on the way
// loses nothing: the file still says what was true a while ago. So the user is warned, once, and it is tried again; at
// the end of the run it is an error.
#pragma once

#include "batch.hpp"
#include "checkpoint_file.hpp"
#include "failure_file.hpp"
#include "warn.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace backfill {

class CheckpointKeeper {
public:
    // Without a file nothing is written. With one it is written at once: a file that cannot be is known before the first
    // event, by a FileError. What `failures` were recorded up to a position is on the disk before a
    // checkpoint says so; it may be null, and is borrowed.
    CheckpointKeeper(std::optional<CheckpointFile> file, Checkpoint begin, FailureFile *failures, Warn warn);

    // Everything up to `position` is durable; the last of it had these results.
    void reached(const Position &position, const BatchResult &results, const Tally &tally);

    // The run is over, and what was recorded is on the disk, with a checkpoint or without. Throws FileError if that cannot
    // be written.
    void end(bool finished);

    const Position &position() const { return checkpoint_.position; }

private:
    void write();

    std::optional<CheckpointFile> file_;
    Checkpoint checkpoint_;
    FailureFile *failures_;
    Warn warn_;
    std::chrono::steady_clock::time_point written_;
    bool warned_ = false;
};

} // namespace backfill
