// How things go wrong here. What a caller handles is a value: Refusal, the reason why a file or directory is not used.
// What ends the run is an exception: Error, one line for the user and the exit code; application.cpp prints it, nobody
// else catches it.
#pragma once

#include <stdexcept>
#include <string>

namespace host {

struct Refusal {
    std::string reason; // completes "<file>: ..."
};

class Error : public std::runtime_error {
public:
    Error(int exit_code, const std::string &message) : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

} // namespace host
