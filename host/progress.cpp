#include "progress.hpp"

#include <optional>
#include <utility>

namespace host {
namespace {

// Often enough to look alive, seldom enough to cost nothing.
constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::chrono::seconds between_messages{10};

std::optional<std::int64_t> known(std::int64_t total) {
    return total < 0 ? std::nullopt : std::optional(total);
}

} // namespace

Progress::Progress(const Common &common, Log &log, LiveLine &line, std::function<Time()> now)
    : log_(log), line_(line), now_(std::move(now)), is_shown_(log.enabled(LogLevel::info)),
      is_live_(line.possible() && !common.json_log) {}

int Progress::begin(std::string label, std::string unit, std::int64_t total) {
    const std::lock_guard lock(mutex_);
    const Time now = now_();
    tasks_.emplace(++last_number_, Task{{std::move(label), std::move(unit), 0, known(total)}, now, now});
    draw(now);
    return last_number_;
}

void Progress::update(int task, std::int64_t done, std::int64_t total) {
    const std::lock_guard lock(mutex_);
    const auto found = tasks_.find(task);
    if (found == tasks_.end()) return;
    found->second.state.done = done;
    found->second.state.total = known(total);
    if (std::next(found) != tasks_.end()) return;
    const Time now = now_();
    if (!is_live_)
        log_now_and_then(found->second, now);
    else if (now - drawn_ >= between_drawings)
        draw(now);
}

void Progress::end(int task) {
    const std::lock_guard lock(mutex_);
    tasks_.erase(task);
    if (tasks_.empty())
        line_.hide();
    else
        draw(now_());
}

void Progress::draw(Time now) {
    if (!is_shown_ || !is_live_) return;
    const Task &task = tasks_.rbegin()->second;
    line_.show(progress_text(task.state, now - task.begun));
    drawn_ = now;
}

void Progress::log_now_and_then(Task &task, Time now) {
    if (now - task.logged < between_messages) return;
    task.logged = now;
    const std::string done = std::to_string(task.state.done);
    const std::string total = task.state.total ? std::to_string(*task.state.total) : "";
    LogFields fields = {{"done", done}};
    if (task.state.total) fields.emplace_back("total", total);
    fields.emplace_back("unit", task.state.unit);
    log_.write(LogLevel::info, task.state.label, fields);
}

} // namespace host
