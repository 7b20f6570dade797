// What the vector store has to do, and how far it is: a job for each batch, and the requests that it is cut into.
#pragma once

#include "batch.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace backfill {

// A batch and what has become of its events.
struct Job {
    explicit Job(Batch batch) : open(batch.size()), is_open(batch.size(), true), is_written(batch.size()) {
        results.reserve(batch.size());
        for (Update &update : batch) results.push_back({std::move(update), Outcome::failed});
    }

    void close(std::size_t row, Outcome outcome, std::string reason = {}) {
        results[row].outcome = outcome;
        results[row].reason = std::move(reason);
        is_open[row] = false;
        --open;
    }

    BatchResult results;
    std::size_t open;             // events whose outcome is not known yet
    std::size_t unflushed = 0;    // of these: written and committed, but perhaps not on the server's disk yet
    std::vector<bool> is_open;    // by row
    std::vector<bool> is_written; // by us, in this run; likewise
};

enum class Step {
    update, // write the rows
    check,  // look at them: the whole of a dry run, and of what an update did not return
    flush   // make all durable that was committed on this connection before; has no rows
};

// One transaction.
struct Request {
    Job *job;
    std::vector<std::size_t> rows; // of job->results, in the order of their ids
    Step step;
    int updates = 0;      // that left these rows as they were
    int attempts = 0;     // that failed by trouble which may pass
    bool doubted = false; // failed once as everything would fail if the table were gone, and it was not
    std::chrono::steady_clock::time_point not_before = {};
};

} // namespace backfill
