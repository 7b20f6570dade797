#include "checkpoint_keeper.hpp"

#include "file_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backfill {
namespace {

constexpr std::chrono::seconds interval{1};

bool is_right(const UpdateResult &result) {
    return result.outcome == Outcome::updated || result.outcome == Outcome::unchanged;
}

} // namespace

CheckpointKeeper::CheckpointKeeper(std::optional<CheckpointFile> file, Checkpoint begin, FailureFile *failures,
                                   Warn warn)
    : file_(std::move(file)), checkpoint_(std::move(begin)), failures_(failures), warn_(std::move(warn)),
      written_(std::chrono::steady_clock::now()) {
    if (file_) file_->write(checkpoint_);
}

void CheckpointKeeper::reached(const Position &position, const BatchResult &results, const Tally &tally) {
    checkpoint_.finished = false;
    checkpoint_.position = position;
    checkpoint_.tally = tally;
    const auto witness = std::find_if(results.rbegin(), results.rend(), is_right);
    if (witness != results.rend()) checkpoint_.witness = witness->update.id;

    if (!file_ || std::chrono::steady_clock::now() - written_ < interval) return;
    try {
        write();
    } catch (const FileError &error) {
        if (!std::exchange(warned_, true))
            warn_(fmt::format("{}; the run goes on, and tries again to write it", error.what()));
    }
    written_ = std::chrono::steady_clock::now();
}

void CheckpointKeeper::end(bool finished) {
    checkpoint_.finished = checkpoint_.finished || finished;
    write();
}

void CheckpointKeeper::write() {
    if (failures_ != nullptr) failures_->sync();
    if (file_) file_->write(checkpoint_);
}

} // namespace backfill
