// Manual pages, made from the same manifests as --help: mdoc(7), which man-db, groff and mandoc read.
#pragma once

#include "manifest.hpp"

#include <ctime>
#include <string>
#include <vector>

namespace host {

// A command in the list of pcasctl(1).
struct ListedCommand {
    Manifest manifest;
    bool has_own_page = false; // else all about it is said in the list
};

// `date` is the page's.
std::string command_manual(const Manifest &manifest, const std::vector<Option> &shared, std::time_t date);

// pcasctl(1).
std::string host_manual(const std::vector<ListedCommand> &commands, const std::vector<Option> &options,
                        std::time_t date);

} // namespace host
