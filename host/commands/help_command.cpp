// `pcasctl help`: the overview, or the help of one command.
#include "catalog.hpp"
#include "common_options.hpp"
#include "help.hpp"
#include "output.hpp"
#include "own_commands.hpp"
#include "terminal.hpp"

namespace host {
namespace {

int run(const OwnCall &call) {
    std::vector<std::string> topic;
    for (const Value &word : call.settings.at("command").values) topic.push_back(word.text);
    const int columns = call.terminal.columns();
    if (topic.empty()) {
        call.output.write(overview(call.catalog.summaries(), all_host_options(), columns));
    } else {
        const Command command = call.catalog.named(topic);
        call.output.write(command_help(command.manifest, command.below, shared_options(), columns));
    }
    return PCASCTL_EXIT_DONE;
}

} // namespace

OwnCommand help_command() {
    Manifest manifest{.command = "help",
                      .version = PCASCTL_VERSION,
                      .summary = "Describe a command, or list them all",
                      .exit_codes = own_exit_codes()};
    manifest.options = {{.name = "command",
                         .value_name = "COMMAND",
                         .help = "The command to describe.",
                         .repeatable = true,
                         .positional = true,
                         .complete = Completion::command}};
    manifest.examples = {{"One of the host's own", "pcasctl help plugins"}};
    return {manifest, run, true};
}

} // namespace host
