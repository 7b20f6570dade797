// The options' values, from all sources: command line beats environment beats configuration file beats default.
#pragma once

#include "command_line.hpp"
#include "config_file.hpp"
#include "environment.hpp"
#include "option.hpp"

#include <pcasctl/plugin.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace host {

enum class Source {
    none = PCASCTL_SOURCE_NONE,
    command_line = PCASCTL_SOURCE_COMMAND_LINE,
    environment = PCASCTL_SOURCE_ENVIRONMENT,
    file = PCASCTL_SOURCE_FILE,
    by_default = PCASCTL_SOURCE_DEFAULT,
};

struct Setting {
    Option option;
    Source source = Source::none;
    std::vector<Value> values = {};
};

// By long name; one for each option that was declared.
using Settings = std::map<std::string, Setting, std::less<>>;

struct Sources {
    const std::vector<Given> &given;
    const Environment &environment;
    const ConfigFile &file;
};

// Takes from the sources what belongs to `options`; `section` is theirs in the file. Throws Error where the user is
// wrong.
Settings resolve(const std::vector<Option> &options, const Sources &sources, const std::string &section);

// The sections that are named nearly as this command's, and so perhaps mistyped: nobody would read them.
std::vector<std::string> sections_like(const std::string &command, const ConfigFile &file);

} // namespace host
