// A function of ours that runs foreign code, run in a process of its own: whatever the code does - crash, exit, loop for
// ever, print without end - is told as a value, and the host goes on.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace host::check {

// How the function tells its parent what it sees: one line at a time, whole, at once.
class Teller {
public:
    explicit Teller(int descriptor) : descriptor_(descriptor) {}
    void tell(std::string_view line) const;

private:
    int descriptor_;
};

struct ChildEnd {
    enum class How { exited, killed_by_signal, took_too_long, printed_too_much };
    How how;
    int number; // the exit code, or the signal
};

struct ChildResult {
    ChildEnd end;
    std::vector<std::string> told;
    std::string out; // what was written to stdout and to stderr
    std::string err;
};

// The process has an empty stdin and an empty directory of its own, which is its HOME too, and leaves no core file. It ends with
// exit(0) when `body` returns, so that exit handlers run as they would at the end of a command. No process that it has
// started outlives it, unless it made itself a session of its own.
ChildResult run_in_child(const std::function<void(const Teller &)> &body, std::chrono::milliseconds limit);

} // namespace host::check
