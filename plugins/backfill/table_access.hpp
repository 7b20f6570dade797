// Whether updates of the table can succeed at all. That is looked at on every new connection, before anything is sent over
// it, and again where errors make it doubtful: while it is in doubt, no event is sent, so that none is blamed. A table that
// another session has locked as a whole is waited for.
#pragma once

#include "course.hpp"
#include "postgres.hpp"
#include "stop.hpp"
#include "table_name.hpp"
#include "warn.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

class TableAccess {
public:
    using Clock = std::chrono::steady_clock;

    // Borrows `stop`. `retries`: of a table that is locked, in a row. `lock_timeout`: of a look at it.
    TableAccess(TableName table, Mode mode, int retries, std::chrono::milliseconds lock_timeout, const Stop &stop,
                Warn warn);

    // What is to be asked, and what the replies say. The second throws StoreError, with what to do about it, if updates
    // cannot succeed; in a dry run that is a warning, unless even looking is impossible.
    std::vector<Transaction> questions() const;
    void check(const std::vector<Reply> &replies);
    // What it found:
    bool is_locked() const { return locked_.has_value(); } // by another session, against writers
    bool is_one_heap() const { return one_heap_; }         // can it be read page by page?

    bool in_doubt() const { return in_doubt_; }
    void doubt() { in_doubt_ = true; }
    // Somebody's lock was waited for in vain, over one of so many connections. If that happens more often than there are
    // connections, while no update succeeds, it may be the whole table that is locked.
    void lock_timed_out(std::size_t connections);
    void update_succeeded() { lock_timeouts_ = 0; }

    // When check() is to be called to end the doubt, and then this. Throws StoreError if the table has been locked for too
    // long, or the user wants to stop.
    Clock::time_point next_check() const;
    void checked_again();

private:
    TableName table_;
    Mode mode_;
    int retries_;
    std::chrono::milliseconds lock_timeout_;
    const Stop &stop_;
    Warn warn_;

    std::optional<std::string> locked_; // in words
    bool one_heap_ = false;
    bool in_doubt_ = false;
    int waits_ = 0; // for the table to be unlocked, in a row
    Clock::time_point next_check_ = {};
    std::size_t lock_timeouts_ = 0; // since an update succeeded
};

} // namespace backfill
