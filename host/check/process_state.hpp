// What of the process belongs to everybody in it, and so may not be changed by a plugin: read before and after.
#pragma once

#include <string>
#include <vector>

namespace host::check {

class ProcessState {
public:
    // As it is now.
    ProcessState();

    // What differs, in words: "the working directory"; empty if nothing does.
    std::vector<std::string> changes_to(const ProcessState &later) const;

private:
    std::vector<std::string> signal_handlers_; // by the signal's number
    std::string locale_;
    std::string directory_;
    unsigned umask_;
    std::vector<std::string> streams_; // what stdin, stdout and stderr are
};

std::size_t threads_of_this_process();

} // namespace host::check
