// What the user is told: each failure and the progress while backfill runs, the summary when it ends.
#pragma once

#include "batch.hpp"
#include "tally.hpp"

#include <pcasctl/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace backfill {

struct Preview;

enum class Ending { done, interrupted, gave_up };

class Report {
public:
    Report(pcasctl::Host host, bool dry_run, std::int64_t expected_events);

    void unreadable(const UnreadableEvent &event);
    void settled(const BatchResult &results);
    void summary(Ending ending, const std::vector<Preview> &sample) const;

    const Tally &tally() const { return tally_; }
    // The first few updates, for a dry run to show what they would do.
    const Batch &sample() const { return sample_; }

private:
    void failed(const EventId &id, const std::string &reason);
    void tell_progress();
    std::string as_text(Ending ending, const std::vector<Preview> &sample) const;
    std::string as_json(Ending ending, const std::vector<Preview> &sample) const;
    double seconds() const;
    double events_per_second() const;

    pcasctl::Host host_;
    pcasctl::Log log_;
    bool dry_run_;
    std::int64_t expected_;
    std::chrono::steady_clock::time_point start_;
    Tally tally_;
    Tally told_; // at the last line of progress
    Batch sample_;
};

} // namespace backfill
