// What is said in words of options and exit codes, the same in --help and in manual pages.
#pragma once

#include "manifest.hpp"

#include <string>
#include <vector>

namespace host {

struct OptionGroup {
    std::string name;
    std::vector<Option> options;
};

struct ExitStatus {
    std::string code;
    std::string meaning;
};

// What the host knows about an option besides its help: " (required; from 1 to 100; default 10; environment PG_DSN)", or
// "".
std::string facts_of(const Option &option);

// Groups and options in the order of declaration.
std::vector<OptionGroup> grouped(const std::vector<Option> &options);

// Paragraphs; at least one.
std::vector<std::string> description_of(const Manifest &manifest);

std::vector<ExitStatus> exit_statuses(const Manifest &manifest);

} // namespace host
