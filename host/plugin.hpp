// Loads one plugin's library and takes the plugin through its life: create, run, destroy. Only here does a plugin's
// code run.
#pragma once

#include "services.hpp"

#include <filesystem>

namespace host {

// All of it throws Error if the plugin throws or breaks another rule: the message is for the user. The library stays
// loaded until the process ends.
class LoadedPlugin {
public:
    // Throws Error if it cannot be loaded.
    explicit LoadedPlugin(const std::filesystem::path &file);

    // False if it refuses; the reason is among the services. After true, run() and destroy() may follow, in this order.
    bool create(Services &services);
    int run(Services &services);
    void destroy(Services &services);

private:
    const pcasctl_plugin &entry_;
    void *instance_ = nullptr;
};

// What the process exits with after run() has returned `code`. Throws Error if the plugin gave a reason for its
// failure, or should have.
int exit_code_from(int code, const Services &services);

// The whole life of a plugin. Returns the exit code of the process; throws Error as the functions above do, and if the
// plugin refuses to start.
int run_plugin(const std::filesystem::path &file, Services &services);

} // namespace host
