// What goes to the vector store and what comes back: the values between "metadata extracted" and "reported".
#pragma once

#include "event.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace backfill {

// One event's metadata, ready to be written.
struct Update {
    EventId id;
    std::string metadata; // a flat JSON object of strings
};

inline std::size_t size_of(const Update &update) { // in bytes of text
    return update.id.text.size() + update.metadata.size();
}

// Events that were read together. As many are written in one transaction at most.
using Batch = std::vector<Update>;

// Enough events for one step are those that hold so much text, so that a few of a megabyte each do not make gigabytes.
inline constexpr std::size_t enough_bytes = std::size_t{4} * 1024 * 1024;

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
