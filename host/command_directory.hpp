// A directory of a command's own, below the user's: ~/.cache/pcasctl/hello. Nobody else may read what is in one that is
// made here, and none is used in which others could put something.
#pragma once

#include "environment.hpp"
#include "error.hpp"

#include <pcasctl/plugin.h>

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <variant>

namespace host {

enum class DirectoryKind {
    config = PCASCTL_DIRECTORY_CONFIG,
    state = PCASCTL_DIRECTORY_STATE,
    cache = PCASCTL_DIRECTORY_CACHE,
};

// Is there, and belongs to `user` and nobody else, when this returns its path.
std::variant<std::filesystem::path, Refusal> command_directory(DirectoryKind kind, const std::string &command,
                                                               const Environment &environment, uid_t user);

} // namespace host
