#include "unflushed.hpp"

namespace backfill {

std::vector<Row> Unflushed::take_flushed(LogPosition end, LogPosition flushed) {
    marks_.push_back({end, rows_.size()});
    std::size_t count = 0;
    for (; !marks_.empty() && marks_.front().end <= flushed; marks_.pop_front()) count = marks_.front().rows;
    for (Mark &mark : marks_) mark.rows -= count;
    const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<Row> taken(rows_.begin(), last);
    rows_.erase(rows_.begin(), last);
    return taken;
}

std::vector<Row> Unflushed::take_all() {
    std::vector<Row> taken(rows_.begin(), rows_.end());
    rows_.clear();
    marks_.clear();
    return taken;
}

} // namespace backfill
