// What the user is told: each failure and the progress while backfill runs, the summary when it ends.
#pragma once

#include "batch.hpp"
#include "failure_file.hpp"
#include "position.hpp"
#include "tally.hpp"

#include <pcasctl/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

struct Preview;

enum class Ending { done, interrupted, gave_up };

class Report {
public:
    struct Settings {
        bool dry_run;
        std::optional<std::int64_t> expected; // events; not known for a list of ids
        std::string checkpoint;               // the file that another run can go on from; "" if there is none
    };

    // Counts on from `earlier`, what an interrupted run had counted. `failures` may be null, and is borrowed.
    Report(pcasctl::Host host, Settings settings, const Tally &earlier, FailureFile *failures);

    // What became of a batch, and of the events that were to be in it but could not be had. Throws FileError if a
    // failure cannot be recorded.
    void settled(const std::vector<UnreadableEvent> &unreadable, const BatchResult &results);

    // Everything up to `reached` is done.
    void summary(Ending ending, const Position &reached, const std::vector<Preview> &sample) const;

    const Tally &tally() const { return tally_; }
    // The first few updates, for a dry run to show what they would do.
    const Batch &sample() const { return sample_; }

private:
    void settle(const UpdateResult &result);
    void failed(const Failure &failure);
    void tell_progress();
    std::string as_text(Ending ending, const Position &reached, const std::vector<Preview> &sample) const;
    std::string advice(Ending ending, const Position &reached) const;
    std::string as_json(Ending ending, const Position &reached, const std::vector<Preview> &sample) const;
    double seconds() const;
    double events_per_second() const;

    pcasctl::Host host_;
    pcasctl::Log log_;
    Settings settings_;
    FailureFile *failures_;
    std::chrono::steady_clock::time_point start_;
    Tally earlier_;
    Tally tally_;
    Tally told_;                 // at the last line of progress
    pcasctl::Progress progress_; // of this run, without what an earlier one has counted
    Batch sample_;
};

} // namespace backfill
