// The text of --help, made from manifests alone: no plugin is loaded for it.
#pragma once

#include "manifest.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace host {

struct CommandSummary {
    std::string name;
    std::string summary;
};

struct Summaries {
    std::vector<CommandSummary> commands = {};
    std::size_t refused_plugins = 0; // there, but of no use
};

// `pcasctl <command> --help`: of one command, and which commands there are below it. The options that it shares with
// all others are described after its own. At most `columns` wide.
std::string command_help(const Manifest &manifest, const std::vector<CommandSummary> &below,
                         const std::vector<Option> &shared, int columns);

// `pcasctl --help`.
std::string overview(const Summaries &summaries, const std::vector<Option> &options, int columns);

// Text in lines of at most `width` characters, broken at spaces; a longer word stays whole.
std::vector<std::string> wrap(const std::string &text, std::size_t width);

} // namespace host
