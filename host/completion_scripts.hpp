// What `pcasctl completion SHELL` prints.
#pragma once

#include <map>
#include <string>

namespace host {

// By the shell's name.
const std::map<std::string, std::string> &completion_scripts();

} // namespace host
