// The file of --checkpoint: read whole, and replaced whole.
//
// A checkpoint decides which events are left out, so one that another user could have written is refused, and so is a
// link, which could lead anywhere. It is written beside the old one, synced, and renamed over it: at every moment there
// is one whole checkpoint, and after a power cut too.
#pragma once

#include "checkpoint.hpp"
#include "descriptor.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace backfill {

class CheckpointFile {
public:
    explicit CheckpointFile(std::filesystem::path path) : path_(std::move(path)) {}

    // Until the end of this, no other run takes the file: two would go on from the same place, and the slower one would take
    // the other back. Throws FileError if one does already. If there is no file yet, that is for the first write() to find.
    void lock();

    // Nothing if there is no such file. Throws FileError, saying what is wrong and what to do.
    std::optional<Checkpoint> read() const;

    void write(const Checkpoint &checkpoint); // throws FileError

    // Throws the FileError of a checkpoint that must not be gone on from.
    [[noreturn]] void refuse(const std::string &reason) const;

    std::string name() const { return path_.string(); }

private:
    std::filesystem::path path_;
    Descriptor locked_; // what stands there now, if it is ours
};

} // namespace backfill
