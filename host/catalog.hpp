// Every command that can be typed: the host's own and the plugins'. An own command always comes first, and its name may
// have several words ("plugins new"); a plugin's has one.
#pragma once

#include "commands/own_command.hpp"
#include "discovery.hpp"
#include "help.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace host {

struct Command {
    std::string name;
    Manifest manifest;
    std::size_t words = 1;                  // of the command line that make up the name
    std::vector<CommandSummary> below = {}; // the commands whose names begin with this one's
    const OwnCommand *own = nullptr;        // nullptr: a plugin serves it
    std::filesystem::path file = {};        // the plugin
};

class Catalog {
public:
    // Borrows both.
    Catalog(const std::vector<OwnCommand> &own, const Discovery &discovery) : own_(own), discovery_(discovery) {}

    // The command that `words`, which are not empty, begin with. Throws Error if there is none, or if it is a plugin
    // that cannot be used. Looks for one plugin and no other.
    Command at_the_start_of(const std::vector<std::string> &words) const;

    // The command that `words` name, all of them.
    Command named(const std::vector<std::string> &words) const;

    // Is there such a command, of use or not? Looks for one plugin and no other.
    bool has(const std::string &name) const;

    // All commands that can be used, sorted, and how many plugins cannot. Looks at every plugin.
    Summaries summaries() const;

private:
    const OwnCommand *longest_own(const std::vector<std::string> &words) const;
    Command plugin(const std::string &name) const;
    [[noreturn]] void unknown(const std::string &name) const;

    const std::vector<OwnCommand> &own_;
    const Discovery &discovery_;
};

} // namespace host
