// How the vector store goes about its work, learned from what came of the last of it.
#pragma once

#include "batch.hpp"
#include "request.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

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
    // Rows that a connection is to have on its way, at most, in updates or in looks: what the server does in a second. So
    // much fills any link, and is all that what comes behind has to wait for. 0 until it is known.
    std::uint64_t most_on_a_lane(Step step) const;

    // Do the rows of a batch lie together in the table, as they do where the server adds one for each event that comes? It
    // is taken for granted until it does not pay. An update loses more by a row that it misses than it wins by ten; a look
    // loses nothing but the time for others that lie between, of which it reads four while it would look up one.
    bool rows_lie_together(Step step) const;
    void found_together(Step step, std::size_t rows) { together(step).add(rows, 0); }
    // Not there, between them without being asked for, or looked up in vain to find them.
    void strayed(Step step, std::size_t rows) { together(step).add(0, rows); }

    void came_of_an_event(Outcome outcome);
    void needed_a_look(); // one of these: a fingerprint did not tell, or would not have told
    void took(Step step, std::size_t rows, std::chrono::microseconds duration); // a request
    void took_in_vain(Step step, std::chrono::microseconds duration); // that failed, but not because of its rows

private:
    // Of the last few thousand rows, or seconds; what was before counts less and less.
    struct Pace {
        void add(std::size_t more_rows, std::chrono::microseconds time);
        std::uint64_t rows_in_a_second() const;

        std::uint64_t rows = 0;
        std::chrono::microseconds duration{};
    };

    // Of the last ten thousands of rows, likewise.
    struct Together {
        void add(std::size_t more_found, std::size_t more_strayed);

        std::uint64_t found = 0, strayed = 0;
    };

    Pace &pace(Step step) { return step == Step::update ? updates_ : looks_; }
    Together &together(Step step) { return step == Step::update ? updates_together_ : looks_together_; }

    Mode mode_;
    std::chrono::milliseconds target_time_;
    // Of the last few thousand events; what came of the older ones counts less and less.
    std::size_t recent_ = 0;
    std::size_t recently_unchanged_ = 0;
    std::size_t recently_looked_at_ = 0;
    std::size_t most_rows_;
    Together updates_together_, looks_together_;
    Pace updates_, looks_;
};

} // namespace backfill
