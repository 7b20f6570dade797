// Ctrl-C and its relatives, turned from a signal into a question that a command asks when it suits it. The first signal
// is remembered and makes a descriptor readable; the second one ends the process as it would without us.
#pragma once

#include <csignal>
#include <vector>

namespace host {

// At most one at a time, since signal handlers belong to the process: the second throws std::logic_error. A signal that
// is ignored when this one begins (nohup) stays ignored. The end puts back what was there.
class Cancellation {
public:
    Cancellation();
    ~Cancellation();
    Cancellation(const Cancellation &) = delete;
    Cancellation &operator=(const Cancellation &) = delete;

    int signal() const;     // 0 as long as there was none
    int descriptor() const; // readable from the first signal on

private:
    struct Replaced {
        int signal;
        struct sigaction action;
    };

    int descriptor_;
    std::vector<Replaced> replaced_;
};

} // namespace host
