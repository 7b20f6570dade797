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

// `pcasctl <command> --help`. The common options are described after the command's own. At most `columns` wide.
std::string command_help(const Manifest &manifest, const std::vector<Option> &common, int columns);

// `pcasctl --help`. `refused` is the number of plugins that are there but cannot be used.
std::string overview(const std::vector<CommandSummary> &commands, std::size_t refused,
                     const std::vector<Option> &common, int columns);

// Text in lines of at most `width` characters, broken at spaces; a longer word stays whole.
std::vector<std::string> wrap(const std::string &text, std::size_t width);

} // namespace host
