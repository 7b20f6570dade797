// One call of pcasctl, from the words of the command line to the exit code.
#pragma once

#include "environment.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace host {

struct Invocation {
    std::vector<std::string> words; // without the program's own name
    Environment environment;
    std::filesystem::path executable;
};

// Never throws: whatever went wrong has been said on stderr, in one line.
int run(const Invocation &invocation);

} // namespace host
