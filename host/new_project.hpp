// A new plugin's project, made from the templates that are installed with the SDK: those for every project, and those
// of one language and its build files. The templates are a project themselves, which can be read, built and tested; to
// fill them in is to replace their command's name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace host {

struct BuildSystem {
    std::string name;  // "meson"
    std::string file;  // the template that only its projects have
    std::string build; // what the user types to build and test the project
};

struct Language {
    std::string name;        // "c++": also the folder of its templates
    std::string source_file; // of the template
};

const std::vector<BuildSystem> &build_systems();
const std::vector<Language> &languages();

struct NewProject {
    std::string command;
    Language language;
    BuildSystem build_system;
    std::filesystem::path directory; // may be there already, but not with a file of the same name
};

// Writes the project's files and returns their names, sorted. Throws Error, and leaves no file behind, if one of them
// is there already or cannot be written.
std::vector<std::filesystem::path> write_project(const NewProject &project, const std::filesystem::path &templates);

} // namespace host
