// What the vector store has to do, and how far it is: a job for each batch, and the requests that its rows go out in.
#pragma once

#include "batch.hpp"
#include "fingerprint.hpp"
#include "place.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace backfill {

// A batch and what has become of its events.
struct Job {
    explicit Job(Batch batch) : open(batch.size()), is_open(batch.size(), true), is_written(batch.size()) {
        results.reserve(batch.size());
        for (Update &update : batch) {
            bytes += size_of(update);
            results.push_back({std::move(update), Outcome::failed});
        }
    }

    BatchResult results;
    std::size_t open;             // events whose outcome is not known yet
    std::size_t unflushed = 0;    // of these: written and committed, but perhaps not on the server's disk yet
    std::vector<bool> is_open;    // by event
    std::vector<bool> is_written; // by us, in this run, or perhaps so; likewise
    std::size_t bytes = 0;        // of text
    std::vector<Fingerprint> fingerprints = {}; // by event, of the metadata; empty until they are needed
};

// One event of a job, and the row that has its id.
struct Row {
    Job *job;
    std::size_t at;

    const Update &update() const { return job->results[at].update; }
    const Fingerprint &fingerprint() const { return job->fingerprints[at]; }
    bool is_written() const { return job->is_written[at]; }

    void close(Outcome outcome, std::string reason = {}) const {
        job->results[at].outcome = outcome;
        job->results[at].reason = std::move(reason);
        job->is_open[at] = false;
        --job->open;
    }
};

enum class Step {
    locate,  // ask where some rows of each batch lie, to look for all of it there
    update,  // write the rows
    compare, // ask for fingerprints of their metadata: most of a re-run, and of a dry run
    check,   // look at their metadata: where fingerprints do not tell, and what an update did not return
    // Without rows, for what was committed on this connection before:
    ask_log, // ask how much of it is durable
    flush    // make all of it durable
};

// One transaction. Its rows may be those of several jobs.
struct Request {
    std::vector<Row> rows;
    Step step;
    int updates = 0;       // that left these rows as they were
    bool compared = false; // and that did not tell
    bool missed = false;   // a look at rows that were not found where they should lie
    int attempts = 0;      // that failed by trouble which may pass
    int losses = 0;        // of the connection, while the server was at it
    bool closed = false;   // takes no more rows
    bool doubted = false;  // failed once as everything would fail if the table were gone, and it was not
    std::chrono::steady_clock::time_point not_before = {};
    Step next = Step::update;        // it is asked where batches lie for their sake: updates or comparisons
    std::optional<Place> place = {}; // its rows should lie there, in about this order

    bool is_question() const { return step == Step::ask_log || step == Step::flush; }
};

// What comes back is mostly in this order, and what is cut from a request is what lies side by side in the index.
void sort_by_id(std::vector<Row> &rows);

std::vector<Row> all_rows(Job &job);
// Each once, where the rows of one stand side by side.
std::vector<Job *> jobs_of(const Request &request);

} // namespace backfill
