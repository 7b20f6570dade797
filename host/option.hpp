// One option as a manifest declares it, and one value of it. Plain value types: manifest.cpp makes them, the parser,
// the help and the services read them. The host's own options are declared in the same type, so that they get the same
// treatment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace host {

enum class OptionType { string, flag, integer, number, duration, choice };

// The names of commands are the host's own to complete: a manifest cannot ask for them.
enum class Completion { none, file, directory, command };

struct Value {
    std::string text = {};    // as the user wrote it
    std::int64_t integer = 0; // of an integer; of a duration in milliseconds
    double number = 0;
    bool flag = false;
};

struct Option {
    std::string name = {};
    char short_name = 0; // 0: none
    OptionType type = OptionType::string;
    std::string value_name = {};
    std::string help = {};
    std::optional<std::string> default_value = {};
    bool required = false;
    std::string environment = {}; // empty: none
    std::optional<Value> minimum = {};
    std::optional<Value> maximum = {};
    std::vector<std::string> choices = {};
    bool repeatable = false;
    bool positional = false;
    bool secret = false;
    Completion complete = Completion::none;
    std::string group = "Options";
};

inline std::vector<std::string> names_of(const std::vector<Option> &options) {
    std::vector<std::string> names;
    names.reserve(options.size());
    for (const Option &option : options) names.push_back(option.name);
    return names;
}

} // namespace host
