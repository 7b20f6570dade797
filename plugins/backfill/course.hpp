// How the vector store goes about its work, learned from what came of the last of it.
#pragma once

#include "batch.hpp"
#include "request.hpp"

#include <chrono>
#include <cstddef>

namespace backfill {

enum class Mode { write, dry_run };

class Course {
public:
    // `target_time` is what one update may take. 0: as long as it wants to.
    Course(Mode mode, std::chrono::milliseconds target_time);

    bool is_set() const { return recent_ > 0; } // by anything
    // What a batch begins with.
    Step first_step() const;
    // In one update.
    std::size_t most_rows() const { return most_rows_; }
    // What a connection is to have on its way, at most: what the server does in a second. So much fills any link, and is
    // all that an update that takes too long, or a user who wants to stop, has to wait for.
    std::size_t most_on_a_lane() const;

    void came_of_an_event(Outcome outcome);
    void needed_a_look(); // one of these: a fingerprint did not tell, or would not have told
    void took(Step step, std::size_t rows, std::chrono::microseconds duration);

private:
    Mode mode_;
    std::chrono::milliseconds target_time_;
    // Of the last few thousand events; what came of the older ones counts less and less.
    std::size_t recent_ = 0;
    std::size_t recently_unchanged_ = 0;
    std::size_t recently_looked_at_ = 0;
    std::size_t most_rows_;
    // Of the last few thousand rows of answered requests, likewise.
    std::size_t rows_ = 0;
    std::chrono::microseconds duration_{};
};

} // namespace backfill
