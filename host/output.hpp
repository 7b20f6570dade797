// The result, on stdout. Written with write(2), whole and at once, so that a failure is seen when it happens and is not
// lost in a buffer.
#pragma once

#include "live_line.hpp"
#include "terminal.hpp"

#include <mutex>
#include <string_view>
#include <unistd.h>

namespace host {

class Output {
public:
    Output(const Terminal &terminal, LiveLine &line, int descriptor = STDOUT_FILENO)
        : descriptor_(descriptor), is_shown_(terminal.interactive(descriptor)), line_(line) {}

    // false if stdout does not take the bytes, now or before.
    bool write(std::string_view bytes);

    // The errno of the first failure; 0: none.
    int failure() const;

private:
    const int descriptor_;
    bool is_shown_; // by the terminal on which the live line may stand
    LiveLine &line_;
    mutable std::mutex mutex_;
    int failure_ = 0;
};

} // namespace host
