#include "search_path.hpp"

#include "user_directories.hpp"

#include <algorithm>
#include <string_view>

namespace host {
namespace {

namespace fs = std::filesystem;

fs::path without_trailing_slash(const fs::path &path) {
    const fs::path normal = path.lexically_normal();
    return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

// A directory that is named twice is searched once.
void add(std::vector<SearchDirectory> &directories, SearchDirectory directory) {
    directory.path = without_trailing_slash(directory.path);
    const auto same = [&](const SearchDirectory &earlier) { return earlier.path == directory.path; };
    if (std::none_of(directories.begin(), directories.end(), same)) directories.push_back(std::move(directory));
}

void add_from_environment(std::vector<SearchDirectory> &directories, std::string_view list) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        const fs::path path(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (path.empty()) continue;
        SearchDirectory directory{path, Origin::environment};
        if (path.is_relative())
            directory.refusal = Refusal{"is relative: PCASCTL_PLUGIN_PATH takes absolute directories only"};
        add(directories, std::move(directory));
    }
}

} // namespace

std::string origin_name(Origin origin) {
    switch (origin) {
    case Origin::command_line:
        return "--plugin-dir";
    case Origin::environment:
        return "PCASCTL_PLUGIN_PATH";
    case Origin::user:
        return "user";
    case Origin::system:
        break;
    }
    return "system";
}

std::vector<SearchDirectory> search_path(const std::vector<std::string> &given, const Environment &environment,
                                         const fs::path &executable) {
    std::vector<SearchDirectory> directories;
    for (const std::string &directory : given) add(directories, {fs::absolute(directory), Origin::command_line});
    add_from_environment(directories, environment.get("PCASCTL_PLUGIN_PATH").value_or(""));
    if (const auto data = user_data_directory(environment))
        add(directories, {*data / "pcasctl" / "plugins", Origin::user});
    add(directories, {executable.parent_path() / PCASCTL_PLUGINDIR_FROM_BINDIR, Origin::system});
    return directories;
}

} // namespace host
