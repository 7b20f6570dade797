#include "common_options.hpp"

#include "error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace host {
namespace {

constexpr const char *group = "Common options";

Option choice(const char *name, std::vector<std::string> choices, const char *standard, const char *help) {
    Option option{
        .name = name, .type = OptionType::choice, .help = help, .choices = std::move(choices), .group = group};
    option.default_value = standard;
    return option;
}

Option flag(const char *name, char short_name, const char *help) {
    return {.name = name, .short_name = short_name, .type = OptionType::flag, .help = help, .group = group};
}

LogLevel level_named(const std::string &name) {
    const std::vector<std::string> names = common_options().front().choices;
    return static_cast<LogLevel>(std::find(names.begin(), names.end(), name) - names.begin());
}

LogLevel level_said_by(const Setting &setting) {
    if (setting.option.name == "quiet") return LogLevel::warning;
    if (setting.option.name == "verbose") return LogLevel::debug;
    return level_named(setting.values.back().text);
}

bool says_something(const Setting &setting) {
    return !setting.values.empty() && (setting.option.type != OptionType::flag || setting.values.back().flag);
}

// Three options say how much is logged. The one from the stronger source counts; two from the same source are a
// mistake.
LogLevel level_from(const Settings &settings) {
    const Setting *strongest = &settings.at("log-level"); // it has a default
    for (const char *name : {"quiet", "verbose"}) {
        const Setting &setting = settings.at(name);
        if (!says_something(setting)) continue;
        if (strongest->source == setting.source)
            throw Error(PCASCTL_EXIT_USAGE, fmt::format("--{} and --{} contradict each other: give one of them",
                                                        strongest->option.name, name));
        if (setting.source < strongest->source) strongest = &setting;
    }
    return level_said_by(*strongest);
}

} // namespace

std::vector<Option> common_options() {
    Option level = choice("log-level", {"trace", "debug", "info", "warning", "error", "off"}, "info",
                          "How grave a message must be to be shown on stderr.");
    level.value_name = "LEVEL";
    level.environment = "PCASCTL_LOG_LEVEL";
    Option log_format =
        choice("log-format", {"text", "json"}, "text", "Messages as text, or as one JSON object a line.");
    log_format.value_name = "FORMAT";
    log_format.environment = "PCASCTL_LOG_FORMAT";
    Option output = choice("output", {"text", "json"}, "text", "The form of the result on stdout.");
    output.value_name = "FORMAT";
    output.environment = "PCASCTL_OUTPUT";
    return {level, log_format, flag("quiet", 'q', "Show warnings and errors only (--log-level warning)."),
            flag("verbose", 'v', "Show more of what is going on (--log-level debug)."), output};
}

std::vector<Option> command_line_options() {
    Option config{.name = "config",
                  .value_name = "FILE",
                  .help = "The configuration file to read, instead of the user's own.",
                  .environment = "PCASCTL_CONFIG",
                  .complete = Completion::file,
                  .group = group};
    return {config, flag("help", 'h', "Show this help and exit.")};
}

std::vector<Option> host_only_options() {
    Option directory{.name = "plugin-dir",
                     .value_name = "DIR",
                     .help = "Look for subcommands in this directory first.",
                     .repeatable = true,
                     .complete = Completion::directory,
                     .group = group};
    return {directory, flag("version", 0, "Show the version and exit.")};
}

std::vector<Option> shared_options() {
    return joined(common_options(), command_line_options());
}

std::vector<Option> all_host_options() {
    return joined(shared_options(), host_only_options());
}

Common common_from(const Settings &settings) {
    const auto is_json = [&](const char *name) { return settings.find(name)->second.values.back().text == "json"; };
    return {level_from(settings), is_json("log-format"), is_json("output")};
}

} // namespace host
