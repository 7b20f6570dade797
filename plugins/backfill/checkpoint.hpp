// What --checkpoint keeps: how far a run has come, on the way from which source to which table, and what it had counted
// by then. As a value, and as the text of the file.
//
// The text is JSON for people to look at, but read strictly: it is ours, so whatever is missing, unknown or out of
// range means that it is damaged, and going on from a guess would leave events out that nobody ever misses.
#pragma once

#include "position.hpp"
#include "tally.hpp"
#include "target.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace backfill {

struct Checkpoint {
    bool finished = false;          // the run came to the end of the source
    Position position;              // everything up to here is durable
    std::optional<EventId> witness; // an event up to there whose row was right: is it still?
    Tally tally;                    // since the last time that a run finished
    Target target;
    bool operator==(const Checkpoint &) const = default;
};

std::string to_text(const Checkpoint &checkpoint);

// Throws std::invalid_argument, saying what is wrong with it.
Checkpoint parse_checkpoint(std::string_view text);

} // namespace backfill
