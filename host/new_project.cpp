#include "new_project.hpp"

#include "descriptor.hpp"
#include "error.hpp"
#include "escape.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string_view>

namespace host {
namespace {

namespace fs = std::filesystem;

// The folder of what every project has.
constexpr const char *for_all = "any";

// What stands in the templates, in names and in text, for what the user chose.
constexpr std::string_view command_word = "my-command";
constexpr std::string_view source_file_word = "SOURCE_FILE";
constexpr std::string_view build_word = "BUILD_AND_TEST";

struct ProjectFile {
    fs::path name; // in the project
    std::string text;
    mode_t mode;
};

[[noreturn]] void cannot(const char *what, const fs::path &path, const std::string &reason) {
    throw Error(PCASCTL_EXIT_FAILED, fmt::format("cannot {} {}: {}", what, escape(path.string()), reason));
}

std::string replaced(std::string text, std::string_view word, const std::string &with) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += with.size())
        text.replace(at, word.size(), with);
    return text;
}

std::string filled_in(std::string text, const NewProject &project) {
    text = replaced(std::move(text), source_file_word, project.language.source_file);
    text = replaced(std::move(text), build_word, project.build_system.build);
    return replaced(std::move(text), command_word, project.command);
}

bool is_of_another_build_system(const fs::path &name, const NewProject &project) {
    const auto &all = build_systems();
    return std::any_of(all.begin(), all.end(), [&](const BuildSystem &other) {
        return name == other.file && other.name != project.build_system.name;
    });
}

std::string text_of(const fs::path &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) cannot("read", path, std::strerror(errno));
    return text.str();
}

void collect(const fs::path &folder, const NewProject &project, std::vector<ProjectFile> &files) {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const fs::path name = entry->path().lexically_relative(folder);
        if (!entry->is_regular_file() || is_of_another_build_system(name, project)) continue;
        const bool is_program = (entry->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
        files.push_back({filled_in(name.string(), project), filled_in(text_of(entry->path()), project),
                         is_program ? mode_t{0777} : mode_t{0666}});
    }
    if (error)
        cannot("read the SDK's templates in", folder,
               error.message() + ": install pcasctl ('meson install'), and call the one that was installed");
}

std::vector<ProjectFile> files_of(const NewProject &project, const fs::path &templates) {
    std::vector<ProjectFile> files;
    collect(templates / for_all, project, files);
    collect(templates / project.language.name, project, files);
    std::sort(files.begin(), files.end(),
              [](const ProjectFile &left, const ProjectFile &right) { return left.name < right.name; });
    return files;
}

// Never over a file that is there: O_EXCL leaves no moment between looking and writing.
void write_new(const fs::path &path, const ProjectFile &file) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) cannot("make the directory", path.parent_path(), error.message());
    const Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode));
    if (!out.is_open() && errno == EEXIST)
        throw Error(PCASCTL_EXIT_FAILED,
                    fmt::format("{} is there already, and nothing was written: give another place with --directory",
                                escape(path.string())));
    if (!out.is_open()) cannot("write", path, std::strerror(errno));
    for (std::string_view rest = file.text; !rest.empty();) {
        const ssize_t count = ::write(out.number(), rest.data(), rest.size());
        if (count < 0 && errno != EINTR) {
            const int reason = errno;
            ::unlink(path.c_str());
            cannot("write", path, std::strerror(reason));
        }
        rest.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
}

void remove_files(const std::vector<fs::path> &names, const fs::path &directory) {
    for (const fs::path &name : names) ::unlink((directory / name).c_str());
}

} // namespace

const std::vector<BuildSystem> &build_systems() {
    static const std::vector<BuildSystem> all = {
        {"meson", "meson.build", "meson setup build && meson test -C build --print-errorlogs"},
        {"cmake", "CMakeLists.txt",
         "cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure"},
    };
    return all;
}

const std::vector<Language> &languages() {
    static const std::vector<Language> all = {{"c++", "my-command.cpp"}, {"c", "my-command.c"}};
    return all;
}

std::vector<fs::path> write_project(const NewProject &project, const fs::path &templates) {
    std::vector<fs::path> written;
    for (const ProjectFile &file : files_of(project, templates)) {
        try {
            write_new(project.directory / file.name, file);
        } catch (const Error &) {
            remove_files(written, project.directory);
            throw;
        }
        written.push_back(file.name);
    }
    return written;
}

} // namespace host
