// What goes to the vector store and what comes back: the values between "metadata extracted" and "reported".
#pragma once

#include "event.hpp"

#include <string>
#include <vector>

namespace backfill {

// One event's metadata, ready to be written.
struct Update {
    EventId id;
    std::string metadata; // a flat JSON object of strings
};

// Events that are written in one transaction, and fail or succeed together unless the server rejects some of them.
using Batch = std::vector<Update>;

enum class Outcome {
    updated,   // the row now holds the event's metadata (dry run: it would)
    unchanged, // it did already; no row was written
    no_vector, // no row has this id
    failed     // the server rejected it
};

struct UpdateResult {
    Update update;
    Outcome outcome;
    std::string reason = {}; // of a failure, for the user
};

using BatchResult = std::vector<UpdateResult>;

} // namespace backfill
