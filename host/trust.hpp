// Loading a plugin is running it with the user's rights, so whoever can change what a path leads to must be somebody
// who has these rights already: root or the user. This file decides that from owners and permissions. Every step of the
// way counts - each directory, each symbolic link, and where it leads - because whoever can replace a step can replace
// the plugin.
#pragma once

#include "error.hpp"

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace host {

// The reason why `path`, an absolute path to a directory or a file, cannot be trusted by `user`; nullopt if it can. A
// directory that all may write to but only owners delete from (sticky, such as /tmp) may lie on the way, but not be the
// end of it.
std::optional<Refusal> judge_trust(const std::filesystem::path &path, uid_t user);

// The same of what stands in a directory that judge_trust() has just found good: the way to it is not walked again.
std::optional<Refusal> judge_entry(const std::filesystem::path &path, uid_t user);

} // namespace host
