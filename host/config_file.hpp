// The configuration file: INI, a section for each subcommand and [pcasctl] for what all of them share. Read whole, kept
// as text.
#pragma once

#include "environment.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace host {

struct ConfigEntry {
    std::string section;
    std::string key;
    std::string value;
};

struct ConfigFile {
    std::filesystem::path path = {}; // empty: there is no file
    std::vector<ConfigEntry> entries = {};
};

// `text` is the file's. Throws Error, which names the file and the line, and never shows a value: it may be a password.
ConfigFile parse_config(const std::filesystem::path &path, const std::string &text);

// The file that was asked for by --config or PCASCTL_CONFIG, or else the user's own if there is one.
ConfigFile load_config(const std::optional<std::string> &asked_for, const Environment &environment);

} // namespace host
