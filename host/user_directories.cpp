#include "user_directories.hpp"

namespace host {
namespace {

std::optional<std::filesystem::path> absolute_path(const Environment &environment, const std::string &name) {
    const auto value = environment.get(name);
    if (!value || !std::filesystem::path(*value).is_absolute()) return std::nullopt;
    return std::filesystem::path(*value);
}

std::optional<std::filesystem::path> xdg_directory(const Environment &environment, const std::string &name,
                                                   const char *below_home) {
    if (auto directory = absolute_path(environment, name)) return directory;
    if (const auto home = absolute_path(environment, "HOME")) return *home / below_home;
    return std::nullopt;
}

} // namespace

std::optional<std::filesystem::path> user_data_directory(const Environment &environment) {
    return xdg_directory(environment, "XDG_DATA_HOME", ".local/share");
}

std::optional<std::filesystem::path> user_config_directory(const Environment &environment) {
    return xdg_directory(environment, "XDG_CONFIG_HOME", ".config");
}

std::optional<std::filesystem::path> user_state_directory(const Environment &environment) {
    return xdg_directory(environment, "XDG_STATE_HOME", ".local/state");
}

std::optional<std::filesystem::path> user_cache_directory(const Environment &environment) {
    return xdg_directory(environment, "XDG_CACHE_HOME", ".cache");
}

} // namespace host
