// Where a user keeps data, configuration, state and what is cached, by the XDG Base Directory Specification: which asks to ignore a relative
// path.
#pragma once

#include "environment.hpp"

#include <filesystem>
#include <optional>

namespace host {

// $XDG_DATA_HOME, else $HOME/.local/share; nullopt if neither is an absolute path.
std::optional<std::filesystem::path> user_data_directory(const Environment &environment);

// $XDG_CONFIG_HOME, else $HOME/.config.
std::optional<std::filesystem::path> user_config_directory(const Environment &environment);

// $XDG_STATE_HOME, else $HOME/.local/state.
std::optional<std::filesystem::path> user_state_directory(const Environment &environment);

// $XDG_CACHE_HOME, else $HOME/.cache.
std::optional<std::filesystem::path> user_cache_directory(const Environment &environment);

} // namespace host
