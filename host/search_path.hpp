// In which directories plugins are looked for, in this order: --plugin-dir, PCASCTL_PLUGIN_PATH, the user's directory,
// the system's directory. Never the working directory, unless --plugin-dir names it.
#pragma once

#include "environment.hpp"
#include "error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace host {

enum class Origin { command_line, environment, user, system };

struct SearchDirectory {
    std::filesystem::path path;
    Origin origin;
    std::optional<Refusal> refusal = {}; // why it is not even looked into
};

// "--plugin-dir", "PCASCTL_PLUGIN_PATH", "user", "system".
std::string origin_name(Origin origin);

// `given` are the values of --plugin-dir; `executable` is the host's own file, from whose place the system's directory
// is counted.
std::vector<SearchDirectory> search_path(const std::vector<std::string> &given, const Environment &environment,
                                         const std::filesystem::path &executable);

} // namespace host
