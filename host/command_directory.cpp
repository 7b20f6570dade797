#include "command_directory.hpp"

#include "escape.hpp"
#include "trust.hpp"
#include "user_directories.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/stat.h>

namespace host {
namespace {

namespace fs = std::filesystem;

struct Base {
    const char *variable;
    std::optional<fs::path> path;
};

std::optional<Base> base_of(DirectoryKind kind, const Environment &environment) {
    switch (kind) {
    case DirectoryKind::config:
        return Base{"XDG_CONFIG_HOME", user_config_directory(environment)};
    case DirectoryKind::state:
        return Base{"XDG_STATE_HOME", user_state_directory(environment)};
    case DirectoryKind::cache:
        return Base{"XDG_CACHE_HOME", user_cache_directory(environment)};
    }
    return std::nullopt;
}

// As the XDG specification asks for: whatever is missing is made for the user alone.
std::optional<Refusal> make(const fs::path &directory) {
    fs::path here;
    for (const fs::path &name : directory) {
        here /= name;
        struct stat status = {};
        if (::stat(here.c_str(), &status) == 0) {
            if (S_ISDIR(status.st_mode)) continue;
            return Refusal{fmt::format("{} is not a directory: move it away", escape(here.string()))};
        }
        if (::mkdir(here.c_str(), 0700) != 0 && errno != EEXIST)
            return Refusal{
                fmt::format("the directory {} cannot be made: {}", escape(here.string()), std::strerror(errno))};
    }
    return std::nullopt;
}

} // namespace

std::variant<fs::path, Refusal> command_directory(DirectoryKind kind, const std::string &command,
                                                  const Environment &environment, uid_t user) {
    const auto base = base_of(kind, environment);
    if (!base) return Refusal{"this pcasctl has no directories of that kind; install a newer pcasctl"};
    if (!base->path)
        return Refusal{fmt::format("there is no place for the command's files: set HOME or {} to an absolute path",
                                   base->variable)};
    const fs::path directory = (*base->path / "pcasctl" / command).lexically_normal();
    if (auto refusal = make(directory)) return *std::move(refusal);
    if (auto refusal = judge_trust(directory, user)) return *std::move(refusal);
    return directory;
}

} // namespace host
