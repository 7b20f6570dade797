// What a command says of its progress, shown in the way that suits who is looking: a live line on a terminal, a message
// of the log now and then elsewhere, nothing where the user wants it quiet. From any thread. It is shown within
// update(): a thread of its own, to redraw while the plugin is busy, would cost more than a line that stands still.
#pragma once

#include "common_options.hpp"
#include "live_line.hpp"
#include "log.hpp"
#include "progress_text.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace host {

class Progress {
public:
    using Time = std::chrono::steady_clock::time_point;

    Progress(const Common &common, Log &log, LiveLine &line,
             std::function<Time()> now = std::chrono::steady_clock::now);
    ~Progress() { line_.hide(); }
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

    // The number of the task. A negative total is not known.
    int begin(std::string label, std::string unit, std::int64_t total);
    void update(int task, std::int64_t done, std::int64_t total);
    void end(int task);

private:
    struct Task {
        TaskState state;
        Time begun;
        Time logged; // or begun, as long as it was not
    };

    void draw(Time now);
    void log_now_and_then(Task &task, Time now);

    Log &log_;
    LiveLine &line_;
    std::function<Time()> now_;
    const bool is_shown_;
    const bool is_live_;
    std::mutex mutex_;
    std::map<int, Task> tasks_; // the last one is shown
    int last_number_ = 0;
    Time drawn_ = {};
};

} // namespace host
