#include "standby_lag.hpp"

#include "statements.hpp"

#include <utility>

namespace backfill {

StandbyLag::StandbyLag(std::string conninfo, std::chrono::milliseconds connect_timeout, Warn warn)
    : conninfo_(std::move(conninfo)), connect_timeout_(connect_timeout), warn_(std::move(warn)) {
    connection_.emplace(conninfo_, connect_timeout_);
    const Rows facts = connection_->query(may_see_standbys);
    if (is_true(facts, 0, 0)) return;
    warn_("--pause-on-lag waits for nobody: role " + field(facts, 0, 1)
          + " may not see the standbys; let a superuser run: GRANT pg_monitor TO " + field(facts, 0, 1));
    has_warned_ = true;
}

std::optional<std::chrono::milliseconds> StandbyLag::operator()() {
    try {
        return ask();
    } catch (const StoreError &error) {
        connection_.reset();
        if (!has_warned_) warn_(std::string("--pause-on-lag: cannot ask for the standbys' lag: ") + error.what());
        has_warned_ = true;
        return std::nullopt;
    }
}

std::optional<std::chrono::milliseconds> StandbyLag::ask() {
    if (!connection_) connection_.emplace(conninfo_, connect_timeout_);
    const Rows rows = connection_->query(slowest_standby);
    if (is_null(rows, 0, 0)) return std::nullopt;
    return std::chrono::milliseconds(number<std::int64_t>(rows, 0, 0));
}

} // namespace backfill
