// Manual pages, made from the same manifests as --help, in mdoc(7), which man-db and mandoc read.
#pragma once

#include "manifest.hpp"

#include <ctime>
#include <string>
#include <vector>

namespace host {

// One of the commands that pcasctl(1) lists.
struct ListedCommand {
    Manifest manifest;
    bool has_own_page; // else the list says all
};

// The page of a command. `shared` are the options that every command takes; `date` is the page's own.
std::string command_manual(const Manifest &manifest, const std::vector<Option> &shared, std::time_t date);

// pcasctl(1).
std::string host_manual(const std::vector<ListedCommand> &commands, const std::vector<Option> &options,
                        std::time_t date);

} // namespace host
