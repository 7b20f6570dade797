#include "unflushed.hpp"

namespace backfill {
namespace {

constexpr std::size_t questions_for_log = 8; // on their way at a time
constexpr std::size_t flushes = 2;           // likewise

} // namespace

void Unflushed::sent(const Request &request) {
    if (request.step == Step::update) {
        ++updates_since_asked_;
        ++updates_since_flush_;
        events_since_asked_ += request.rows.size();
    } else if (request.is_question()) {
        ++questions_on_their_way_;
        updates_since_asked_ = 0;
        events_since_asked_ = 0;
        if (request.step == Step::flush) updates_since_flush_ = 0;
    }
}

void Unflushed::answered(const Request &request) {
    if (request.is_question()) --questions_on_their_way_;
}

std::optional<Step> Unflushed::due_question(std::size_t most_events, std::size_t most_updates) const {
    const std::size_t part = log_tells ? questions_for_log : flushes;
    const bool due = updates_since_asked_ > 0
                     && (events_since_asked_ >= most_events / part || updates_since_asked_ >= most_updates / part);
    if (!due) return std::nullopt;
    return log_tells ? Step::ask_log : Step::flush;
}

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
