// What a plugin says about itself, as value types, and its reading from the JSON in the plugin's note. The format is
// described in <pcasctl/plugin.h>. The text comes from a file that anybody may have written: every rule is checked
// here, so that the rest of the host can rely on them.
#pragma once

#include "error.hpp"
#include "option.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace host {

struct Example {
    std::string text;
    std::string command;
};

struct ExitCode {
    int code;
    std::string meaning;
};

// A name that a manual page explains: of a variable, of a file.
struct Explained {
    std::string name;
    std::string meaning;
};

// Another manual page: "psql(1)". In the order in which such references stand.
struct PageReference {
    std::string section;
    std::string name;
    auto operator<=>(const PageReference &) const = default; // NOLINT(modernize-use-nullptr): the compiler's 0
};

struct Manifest {
    std::string command = {};
    std::string version = {};
    std::string oldest_host = {}; // the oldest pcasctl that it works with; empty: any
    std::string summary = {};
    std::vector<std::string> description = {}; // paragraphs
    std::vector<Option> options = {};
    std::vector<Example> examples = {};
    std::vector<ExitCode> exit_codes = {};
    std::vector<Explained> environment = {};
    std::vector<Explained> files = {};
    std::vector<PageReference> see_also = {};
    std::vector<std::string> unknown_members = {}; // ignored: a later host may know them, or they are mistyped
};

std::variant<Manifest, Refusal> parse_manifest(std::string_view json);

// Lower case letters, digits and inner dashes, at most 64: what a command or an option may be called.
bool is_name(std::string_view text);

// Commands that the host keeps for itself, and options that it takes for every command: no plugin may declare them.
bool is_reserved_command(std::string_view name);
bool is_reserved_option(std::string_view name);

} // namespace host
