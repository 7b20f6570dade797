// Rows that one connection has written and committed, and that may not be on the server's disk yet: commits do not wait
// for it. They are there when the server has flushed its log that far, which it does by itself a moment later. So again and
// again, while more is on its way, it is asked how far the log reaches and how far it has been flushed, and nobody waits
// for the disk. Where the server does not tell, it is asked to flush: for half of what may be on its way, while the other
// half is.
#pragma once

#include "request.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace backfill {

class Unflushed {
public:
    // A place in the server's log, in bytes.
    using LogPosition = std::uint64_t;

    bool log_tells = false; // the server says how far it has flushed its log; if not, a flush does

    void add(const Row &row) { rows_.push_back(row); }
    bool empty() const { return rows_.empty(); }

    // What goes over the connection, and comes back.
    void sent(const Request &request);
    void answered(const Request &request);
    bool is_asked() const { return questions_on_their_way_ > 0; }
    bool has_no_flush_behind() const { return updates_since_flush_ > 0; } // the last update that was sent
    // What to ask now, if anything, where no more updates than these are on their way at a time.
    std::optional<Step> due_question(std::size_t most_events, std::size_t most_updates) const;

    // The log now ends there, and is on the disk as far as that. Removes and returns the rows that are on the disk for
    // certain: those that were here when it was shorter than what has been flushed by now.
    std::vector<Row> take_flushed(LogPosition end, LogPosition flushed);
    std::vector<Row> take_all();

private:
    struct Mark {
        LogPosition end;  // of the log, at a moment
        std::size_t rows; // that were here, in all, at that moment
    };

    std::deque<Row> rows_;   // oldest first
    std::deque<Mark> marks_; // likewise
    std::size_t questions_on_their_way_ = 0;
    std::size_t updates_since_asked_ = 0; // that were sent since the last question
    std::size_t events_since_asked_ = 0;  // in them
    std::size_t updates_since_flush_ = 0; // that were sent since the last flush
};

} // namespace backfill
