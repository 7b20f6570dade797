#include "discovery.hpp"

#include "error.hpp"
#include "escape.hpp"
#include "trust.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <sys/stat.h>

namespace host {
namespace {

namespace fs = std::filesystem;

constexpr const char *suffix = ".so";

// The directory has been judged.
PluginFile read_if_trusted(const fs::path &file, const std::string &command, uid_t user) {
    if (!is_name(command))
        return {.refusal =
                    Refusal{"is not called after a command: lower case letters, digits and inner dashes, at most 64"}};
    if (auto refusal = judge_entry(file, user)) return {.refusal = std::move(refusal)};
    return read_plugin_file(file, command);
}

// The rest of a manifest is checked like all of it, but nobody asks a listing for it: kept for a thousand plugins, it
// would cost more time for its memory than the reading does.
void keep_what_is_listed(Manifest &manifest) {
    manifest = {.command = std::move(manifest.command),
                .version = std::move(manifest.version),
                .summary = std::move(manifest.summary)};
}

bool is_plugin_name(const fs::path &name) {
    return name.extension() == suffix && !name.stem().empty() && name.string().front() != '.';
}

// Files that end in .so, sorted. What goes wrong while reading the directory is its state, not the end of the listing.
std::vector<fs::path> plugin_names(DirectoryState &state) {
    std::vector<fs::path> names;
    std::error_code error;
    for (fs::directory_iterator entry(state.directory.path, error), end; !error && entry != end; entry.increment(error))
        if (is_plugin_name(entry->path().filename())) names.push_back(entry->path().filename());
    if (error) state.refusal = Refusal{fmt::format("cannot be read: {}", error.message())};
    std::sort(names.begin(), names.end());
    return names;
}

// Looks at the directory itself, before what is in it.
DirectoryState judge_directory(const SearchDirectory &directory, uid_t user) {
    DirectoryState state{directory};
    state.refusal = directory.refusal;
    if (state.refusal) return state;
    struct stat status = {};
    if (::lstat(directory.path.c_str(), &status) != 0) {
        if (errno != ENOENT) state.refusal = Refusal{fmt::format("cannot be read: {}", std::strerror(errno))};
        return state;
    }
    state.exists = true;
    state.refusal = judge_trust(directory.path, user);
    return state;
}

} // namespace

std::optional<FoundPlugin> Discovery::find(const std::string &command) const {
    for (const SearchDirectory &directory : directories_) {
        if (directory.refusal) continue;
        const fs::path file = directory.path / (command + suffix);
        struct stat status = {};
        if (::lstat(file.c_str(), &status) == 0) {
            if (auto refusal = judge_trust(directory.path, user_))
                return FoundPlugin{file, command, directory.origin, {.refusal = std::move(refusal)}};
            return FoundPlugin{file, command, directory.origin, read_if_trusted(file, command, user_)};
        }
        // Directories nobody asked for in this call may well be out of reach, for instance the home of the user before
        // sudo.
        if (errno != ENOENT && directory.origin == Origin::command_line)
            throw Error(PCASCTL_EXIT_USAGE, fmt::format("--plugin-dir {}: cannot be searched: {}",
                                                        escape(directory.path.string()), std::strerror(errno)));
    }
    return std::nullopt;
}

Listing Discovery::list() const {
    Listing listing;
    std::map<std::string, fs::path> first;
    for (const SearchDirectory &directory : directories_) {
        DirectoryState state = judge_directory(directory, user_);
        const auto distrust = state.refusal;
        const auto names = state.exists ? plugin_names(state) : std::vector<fs::path>();
        state.plugins = names.size();
        for (const fs::path &name : names) {
            FoundPlugin found{directory.path / name, name.stem().string(), directory.origin, {.refusal = distrust}};
            if (!distrust) found.plugin = read_if_trusted(found.file, found.command, user_);
            if (found.plugin.manifest) keep_what_is_listed(*found.plugin.manifest);
            const auto [earlier, is_first] = first.emplace(found.command, found.file);
            if (!is_first) found.shadowed_by = earlier->second;
            listing.plugins.push_back(std::move(found));
        }
        listing.directories.push_back(std::move(state));
    }
    std::stable_sort(listing.plugins.begin(), listing.plugins.end(),
                     [](const FoundPlugin &left, const FoundPlugin &right) { return left.command < right.command; });
    return listing;
}

} // namespace host
