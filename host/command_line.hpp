// The words of the command line, sorted into options and their values by Boost.Program_options. What a value means is
// not asked here.
#pragma once

#include "option.hpp"

#include <string>
#include <vector>

namespace host {

struct Given {
    std::string name;  // the option's long name
    std::string value; // "true" of a flag
};

struct HostWords {
    std::vector<Given> given;
    std::vector<std::string> rest; // the subcommand and all that follows it; empty: there is none
};

// What stands before the subcommand. Both throw Error, which names the word that is wrong and the nearest right one.
HostWords parse_host_words(const std::vector<Option> &options, const std::vector<std::string> &words);

// What stands after the subcommand. `host_only` are options that the user may have meant to put before it.
std::vector<Given> parse_command_words(const std::vector<Option> &options, const std::vector<Option> &host_only,
                                       const std::vector<std::string> &words);

} // namespace host
