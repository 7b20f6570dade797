// `pcasctl help`: the overview, or the help of one command; with --man as a manual page.
#include "application.hpp"
#include "catalog.hpp"
#include "common_options.hpp"
#include "help.hpp"
#include "manual.hpp"
#include "output.hpp"
#include "own_commands.hpp"
#include "terminal.hpp"
#include "value.hpp"

#include <ctime>
#include <sstream>

namespace host {
namespace {

std::vector<std::string> words_of(const std::string &name) {
    std::vector<std::string> words;
    std::istringstream stream(name);
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

// A page that is made by a build bears the date of what is built, where the builder says it: reproducible-builds.org.
std::time_t date_of_page(const Environment &environment) {
    const Option seconds{.name = "SOURCE_DATE_EPOCH", .type = OptionType::integer};
    const auto said = parse_value(seconds, environment.get(seconds.name).value_or(""));
    return said ? said->integer : std::time(nullptr);
}

std::vector<ListedCommand> listed_commands(const Catalog &catalog) {
    std::vector<ListedCommand> commands;
    for (const CommandSummary &summary : catalog.summaries().commands) {
        const Command command = catalog.named(words_of(summary.name));
        commands.push_back({command.manifest, command.own == nullptr});
    }
    return commands;
}

std::string overview_of_all(const OwnCall &call, bool as_manual) {
    if (!as_manual) return overview(call.catalog.summaries(), all_host_options(), call.terminal.columns());
    return host_manual(listed_commands(call.catalog), all_host_options(), date_of_page(call.invocation.environment));
}

std::string about(const Command &command, const OwnCall &call, bool as_manual) {
    if (!as_manual) return command_help(command.manifest, command.below, shared_options(), call.terminal.columns());
    return command_manual(command.manifest, shared_options(), date_of_page(call.invocation.environment));
}

int run(const OwnCall &call) {
    std::vector<std::string> topic;
    for (const Value &word : call.settings.at("command").values) topic.push_back(word.text);
    const auto &man = call.settings.at("man").values;
    const bool as_manual = !man.empty() && man.back().flag;
    call.output.write(topic.empty() ? overview_of_all(call, as_manual)
                                    : about(call.catalog.named(topic), call, as_manual));
    return PCASCTL_EXIT_DONE;
}

} // namespace

OwnCommand help_command() {
    Manifest manifest{.command = "help",
                      .version = PCASCTL_VERSION,
                      .summary = "Describe a command, or list them all",
                      .exit_codes = own_exit_codes()};
    manifest.options = {
        {.name = "command",
         .value_name = "COMMAND",
         .help = "The command to describe.",
         .repeatable = true,
         .positional = true,
         .complete = Completion::command},
        {.name = "man", .type = OptionType::flag, .help = "As a manual page in mdoc: for a file, or for 'man -l -'."}};
    manifest.examples = {{"One of the host's own", "pcasctl help plugins"},
                         {"As a manual page", "pcasctl help --man plugins | man -l -"}};
    return {manifest, run, true};
}

} // namespace host
