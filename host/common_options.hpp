// The options that every subcommand takes, declared in the same terms as a plugin's own, and what their values come to.
#pragma once

#include "option.hpp"
#include "settings.hpp"

#include <vector>

namespace host {

// Order of the levels of <pcasctl/plugin.h>, and one above them all.
enum class LogLevel {
    trace = PCASCTL_LOG_TRACE,
    debug = PCASCTL_LOG_DEBUG,
    info = PCASCTL_LOG_INFO,
    warning = PCASCTL_LOG_WARNING,
    error = PCASCTL_LOG_ERROR,
    off,
};

struct Common {
    LogLevel log_level = LogLevel::info;
    bool json_log = false;
    bool json_output = false;
};

// Of logging and output: from the command line, the environment and the section [pcasctl] of the file.
std::vector<Option> common_options();

// --help and --config: before and after the subcommand, but of no sense in the file.
std::vector<Option> command_line_options();

// --version and --plugin-dir: before the subcommand only.
std::vector<Option> host_only_options();

// What every subcommand takes, and what pcasctl itself takes before it.
std::vector<Option> shared_options();
std::vector<Option> all_host_options();

template <class List>
List joined(List list, const List &more) {
    list.insert(list.end(), more.begin(), more.end());
    return list;
}

// `settings` are those of common_options(). Throws Error if --quiet, --verbose and --log-level contradict each other.
Common common_from(const Settings &settings);

} // namespace host
