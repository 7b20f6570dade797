// Runs of the command in which system calls are struck: it is killed before one of them, or they fail.
#pragma once

#include "attempt.hpp"

#include <string>

namespace faults {

// Nothing can be tested where one process may not trace another, and to say nothing of it would pass for a test.
void require_strace();

// strace injects what happens to calls of this name: "signal=KILL" before the third, say. If files are named, only to
// those that concern them.
support::Result run_struck(const std::string &call, const std::string &what, const std::string &when,
                           const Words &command, const Words &files = {});

} // namespace faults
