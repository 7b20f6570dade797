#include "table_access.hpp"

#include "back_off.hpp"
#include "preflight.hpp"

#include <utility>

namespace backfill {

TableAccess::TableAccess(TableName table, Mode mode, int retries, std::chrono::milliseconds lock_timeout,
                         const Stop &stop, Warn warn)
    : table_(std::move(table)), mode_(mode), retries_(retries), lock_timeout_(lock_timeout), stop_(stop),
      warn_(std::move(warn)) {}

std::vector<Transaction> TableAccess::questions() const {
    return preflight_questions(table_, lock_timeout_);
}

void TableAccess::check(const std::vector<Reply> &replies) {
    const Preflight found = preflight(replies, table_);
    one_heap_ = found.one_heap;
    locked_ = found.locked;
    if (locked_ && mode_ == Mode::write) doubt();
    if (!found.obstacle) return;
    if (mode_ == Mode::write) throw StoreError(*found.obstacle);
    warn_("a run without --dry-run would stop at once: " + *found.obstacle);
}

void TableAccess::lock_timed_out(std::size_t connections) {
    if (++lock_timeouts_ > connections) doubt();
}

TableAccess::Clock::time_point TableAccess::next_check() const {
    return stop_.requested() ? Clock::time_point() : next_check_;
}

void TableAccess::checked_again() {
    lock_timeouts_ = 0;
    in_doubt_ = is_locked();
    if (!in_doubt_) {
        waits_ = 0;
        return;
    }
    if (stop_.requested()) throw StoreError(*locked_);
    if (++waits_ > retries_) throw StoreError(gave_up_after(retries_) + " (--retries): " + *locked_);
    warn_("trying again: " + *locked_);
    next_check_ = Clock::now() + back_off(waits_);
}

} // namespace backfill
