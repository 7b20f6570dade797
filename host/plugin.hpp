// Loads one plugin's library and takes the plugin through its life: create, run, destroy. Only here does a plugin's
// code run.
#pragma once

#include "services.hpp"

#include <filesystem>

namespace host {

// Returns the exit code of the process. Throws Error if the plugin cannot be loaded, refuses to start, throws, breaks a
// rule, or gives a reason for its failure: the message is for the user. The library stays loaded until the process
// ends.
int run_plugin(const std::filesystem::path &file, Services &services);

} // namespace host
