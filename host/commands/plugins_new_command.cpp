// `pcasctl plugins new`: the project of a new plugin, and what to type next.
#include "application.hpp"
#include "common_options.hpp"
#include "discovery.hpp"
#include "error.hpp"
#include "escape.hpp"
#include "new_project.hpp"
#include "output.hpp"
#include "own_commands.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <utility>

namespace host {
namespace {

namespace fs = std::filesystem;

const std::string &text_of(const OwnCall &call, const char *option) {
    return call.settings.find(option)->second.values.front().text;
}

template <class List>
const auto &named(const List &list, const std::string &name) {
    return *std::find_if(list.begin(), list.end(), [&](const auto &element) { return element.name == name; });
}

template <class List>
std::vector<std::string> names_of(const List &list) {
    std::vector<std::string> names;
    names.reserve(list.size());
    for (const auto &element : list) names.push_back(element.name);
    return names;
}

// Targets that Meson or CMake makes itself: a library of such a name would not build.
bool is_name_of_a_build_target(std::string_view name) {
    constexpr std::array<std::string_view, 15> names = {
        "all",  "benchmark", "clean",       "clang-format", "clang-tidy", "coverage", "ctags",    "cscope",
        "dist", "install",   "reconfigure", "scan-build",   "test",       "package",  "uninstall"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_name(const std::string &name) {
    const auto wrong = [&](const char *what) {
        throw Error(PCASCTL_EXIT_USAGE, fmt::format("'{}' {}", escape(name), what));
    };
    if (!is_name(name))
        wrong("cannot be a command's name: it takes lower case letters, digits and inner dashes, at most 64");
    if (is_reserved_command(name)) wrong("is a name that pcasctl keeps for itself: choose another");
    if (is_name_of_a_build_target(name)) wrong("is a name that Meson or CMake keeps for itself: choose another");
}

NewProject project_from(const OwnCall &call) {
    const std::string &name = text_of(call, "name");
    check_name(name);
    const auto &directory = call.settings.at("directory").values;
    return {name, named(languages(), text_of(call, "lang")), named(build_systems(), text_of(call, "build")),
            directory.empty() ? fs::path(name) : fs::path(directory.front().text)};
}

// As one word of a shell's command line.
std::string shell_word(const fs::path &path) {
    std::string text = path.string();
    const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || std::strchr("/._+-", c) != nullptr;
    });
    if (is_plain) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

bool is_in_list(const std::string &list, const fs::path &path) {
    return (":" + list + ":").find(":" + path.string() + ":") != std::string::npos;
}

// "export NAME=...", if what is installed at `path` would not be found without it.
void add_export(std::vector<std::string> &lines, const Environment &environment, const char *name,
                const fs::path &path) {
    const std::string old = environment.get(name).value_or("");
    if (is_in_list(old, path)) return;
    lines.push_back(
        fmt::format("export {0}={1}{2}", name, shell_word(path), old.empty() ? "" : fmt::format(":${}", name)));
}

// What has to be said to this shell before the project builds: where pcasctl and its SDK are, unless that is where
// everybody looks, and a umask that leaves a plugin which pcasctl trusts.
std::vector<std::string> preparation(const Invocation &invocation, const NewProject &project, const fs::path &data) {
    std::vector<std::string> lines;
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if ((mask & 022) != 022) lines.emplace_back("umask 022");
    const fs::path prefix = data.parent_path();
    if (prefix == "/usr" || prefix == "/usr/local") return lines;
    add_export(lines, invocation.environment, "PATH", invocation.executable.parent_path());
    if (project.build_system.name == "meson")
        add_export(lines, invocation.environment, "PKG_CONFIG_PATH", data / "pkgconfig");
    else
        add_export(lines, invocation.environment, "CMAKE_PREFIX_PATH", prefix);
    return lines;
}

std::vector<std::string> next_steps(const Invocation &invocation, const NewProject &project, const fs::path &data) {
    std::vector<std::string> lines = preparation(invocation, project, data);
    lines.push_back("cd " + shell_word(project.directory));
    lines.push_back(project.build_system.build);
    lines.push_back(fmt::format("pcasctl --plugin-dir build {} --help", project.command));
    return lines;
}

struct Made {
    NewProject project;
    std::vector<fs::path> files;
    std::vector<std::string> next;
    std::optional<fs::path> namesake; // what 'pcasctl NAME' finds so far, even if it is refused
};

std::string as_text(const Made &made) {
    const auto &[project, files, next, namesake] = made;
    std::string text =
        fmt::format("Made the project of 'pcasctl {}' in {}:\n", project.command, escape(project.directory.string()));
    for (const fs::path &file : files) text += fmt::format("  {}\n", file.string());
    text += "\nBuild it, test it, and try it:\n";
    for (const std::string &line : next) text += fmt::format("  {}\n", escape(line));
    text += "\nREADME.md there says how to go on.\n";
    if (namesake)
        text +=
            fmt::format("There is a 'pcasctl {}' already, {}: of the two, the one whose directory is searched first "
                        "is run ('pcasctl plugins' shows the order).\n",
                        project.command, escape(namesake->string()));
    return text;
}

std::string as_json(const Made &made) {
    const auto &[project, files, next, namesake] = made;
    nlohmann::ordered_json json;
    json["command"] = project.command;
    json["directory"] = project.directory.string();
    json["files"] = nlohmann::ordered_json::array();
    for (const fs::path &file : files) json["files"].push_back(file.string());
    json["next"] = next;
    json["namesake"] = namesake ? nlohmann::ordered_json(namesake->string()) : nullptr;
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int run(const OwnCall &call) {
    NewProject project = project_from(call);
    const auto namesake = call.discovery.find(project.command);
    const fs::path data = (call.invocation.executable.parent_path() / PCASCTL_DATADIR_FROM_BINDIR).lexically_normal();
    auto files = write_project(project, data / "pcasctl" / "template");
    auto next = next_steps(call.invocation, project, data);
    const Made made{std::move(project), std::move(files), std::move(next),
                    namesake ? std::optional(namesake->file) : std::nullopt};
    call.output.write(call.common.json_output ? as_json(made) : as_text(made));
    return PCASCTL_EXIT_DONE;
}

Option choice(const char *name, const char *value_name, const char *help, std::vector<std::string> choices) {
    Option option{.name = name, .type = OptionType::choice, .value_name = value_name, .help = help};
    option.default_value = choices.front();
    option.choices = std::move(choices);
    return option;
}

} // namespace

OwnCommand plugins_new_command() {
    Manifest manifest{.command = "plugins new",
                      .version = PCASCTL_VERSION,
                      .summary = "Start the project of a new plugin",
                      .exit_codes = {{0, "done"}, {2, "wrong usage"}, {3, "the project could not be written"}}};
    manifest.description = {
        "Writes a small project: a plugin that greets, a test that calls it through pcasctl, and what builds both with "
        "the SDK that is installed with pcasctl. A file that is there already is never written over."};
    manifest.options = {{.name = "name",
                         .value_name = "NAME",
                         .help = "The new command: lower case letters, digits and inner dashes.",
                         .required = true,
                         .positional = true},
                        choice("lang", "LANGUAGE", "What to write it in.", names_of(languages())),
                        choice("build", "SYSTEM", "What builds it.", names_of(build_systems())),
                        {.name = "directory",
                         .value_name = "DIR",
                         .help = "Where to put it, instead of a directory with the command's name.",
                         .complete = Completion::directory}};
    manifest.examples = {{"In C++, built with Meson", "pcasctl plugins new hello"},
                         {"In C, built with CMake", "pcasctl plugins new hello --lang c --build cmake"}};
    return {manifest, run};
}

} // namespace host
