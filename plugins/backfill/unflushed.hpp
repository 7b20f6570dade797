// Rows that one connection has written and committed, and that may not be on the server's disk yet: commits do not wait
// for it. They are there when the server has flushed its log that far, which it does by itself a moment later. So from
// time to time it is asked how far the log reaches, and how far it has been flushed.
#pragma once

#include "request.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace backfill {

class Unflushed {
public:
    // A place in the server's log, in bytes.
    using LogPosition = std::uint64_t;

    void add(const Row &row) { rows_.push_back(row); }
    bool empty() const { return rows_.empty(); }

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
};

} // namespace backfill
