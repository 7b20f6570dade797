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
    // `command` is the one that it is about, if that is not the one that runs.
    Error(int exit_code, const std::string &message, std::string command = {})
        : std::runtime_error(message), exit_code_(exit_code), command_(std::move(command)) {}
    int exit_code() const noexcept { return exit_code_; }
    const std::string &command() const noexcept { return command_; }

private:
    int exit_code_;
    std::string command_;
};

} // namespace host
