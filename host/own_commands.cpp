#include "own_commands.hpp"

namespace host {

std::vector<Manifest> own_commands() {
    const std::vector<ExitCode> codes = {{0, "done"}, {2, "wrong usage"}, {3, "the answer could not be written"}};
    Option command{.name = "command", .value_name = "COMMAND", .help = "The command to describe.", .positional = true};
    Manifest help{.command = "help",
                  .version = PCASCTL_VERSION,
                  .summary = "Describe a command, or list them all",
                  .options = {command},
                  .exit_codes = codes};
    Manifest plugins{.command = "plugins",
                     .version = PCASCTL_VERSION,
                     .summary = "List every plugin that is found, and where is looked",
                     .exit_codes = codes};
    plugins.description = {
        "Lists every file *.so on the search path with its command, version, ABI and state: ok, shadowed (another file "
        "of the same name comes first) or refused, with the reason. No plugin is run for it.",
        "Searched are, in this order: each --plugin-dir, the directories in PCASCTL_PLUGIN_PATH, the user's "
        "directory, the system's directory."};
    plugins.examples = {{"With a directory of your own first", "pcasctl --plugin-dir ./build plugins"}};
    Manifest version{
        .command = "version", .version = PCASCTL_VERSION, .summary = "Show the version", .exit_codes = codes};
    return {help, plugins, version};
}

} // namespace host
