// Finds plugins. The plugin for the command x is the first file x.so on the search path; that it cannot be used is a
// reason to fail, not to look further, or a broken or foreign file would silently change what a command does.
//
// Looking up one command asks each directory for one name and never lists it, so that it costs the same however many
// plugins there are. An index or cache of all plugins was rejected: it would have to be kept right, and dropping a file
// in would no longer be enough.
#pragma once

#include "plugin_file.hpp"
#include "search_path.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace host {

struct FoundPlugin {
    std::filesystem::path file;
    std::string command; // by its file name; the manifest's may differ if it is refused
    Origin origin;
    PluginFile plugin;
    std::filesystem::path shadowed_by = {}; // the file that is used instead; empty: none
};

struct DirectoryState {
    SearchDirectory directory;
    bool exists = false;
    std::optional<Refusal> refusal = {};
    std::size_t plugins = 0;
};

struct Listing {
    std::vector<FoundPlugin> plugins; // by command, and those of one command in the order of the search path
    std::vector<DirectoryState> directories;
};

class Discovery {
public:
    Discovery(std::vector<SearchDirectory> directories, uid_t user)
        : directories_(std::move(directories)), user_(user) {}

    // The first match, which may be refused. Throws Error if a directory that --plugin-dir names cannot be searched.
    std::optional<FoundPlugin> find(const std::string &command) const;

    // Every *.so file on the search path.
    Listing list() const;

private:
    std::vector<SearchDirectory> directories_;
    uid_t user_;
};

} // namespace host
