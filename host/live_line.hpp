// The one line at the bottom of the terminal that is written over again and again, for progress. It goes to stderr;
// whoever else writes to the terminal - the log, the result - makes it step aside for that moment, so that neither ends
// up inside the other. Without a terminal there is no such line, and everybody writes as if this class were not there.
#pragma once

#include "terminal.hpp"

#include <mutex>
#include <string>

namespace host {

class LiveLine {
public:
    explicit LiveLine(const Terminal &terminal) : terminal_(terminal), possible_(terminal.redraws(2)) {}
    ~LiveLine() { hide(); }
    LiveLine(const LiveLine &) = delete;
    LiveLine &operator=(const LiveLine &) = delete;

    bool possible() const { return possible_; }

    // `text` is escaped; what is too long for the terminal is cut off.
    void show(std::string text);
    void hide() { show({}); }

    // Calls `write`, which writes to the terminal, while the line is out of its way. If what was written does not end
    // its line, the live one stays away until somebody has.
    template <class Write>
    void make_way(Write write, bool ends_its_line = true) {
        const std::lock_guard lock(mutex_);
        erase();
        write();
        is_within_a_line_ = !ends_its_line;
        draw();
    }

private:
    void erase();
    void draw();

    const Terminal &terminal_;
    const bool possible_;
    std::mutex mutex_;
    std::string text_;
    bool is_drawn_ = false;
    bool is_within_a_line_ = false;
};

} // namespace host
