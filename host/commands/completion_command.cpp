// `pcasctl completion SHELL`: the script that teaches a shell to complete, and `pcasctl __complete`, which the scripts ask.
#include "application.hpp"
#include "completion.hpp"
#include "completion_scripts.hpp"
#include "error.hpp"
#include "output.hpp"
#include "own_commands.hpp"
#include "search_path.hpp"

#include <unistd.h>

namespace host {
namespace {

int print_script(const OwnCall &call) {
    const auto &shell = call.settings.at("shell").values.front();
    call.output.write(completion_scripts().at(shell.text));
    return PCASCTL_EXIT_DONE;
}

// "~/plugins" is still so when it is completed.
std::string with_home(const std::string &path, const Environment &environment) {
    const auto home = environment.get("HOME");
    return home && path.rfind("~/", 0) == 0 ? *home + path.substr(1) : path;
}

TypedLine typed_line(const Setting &words) {
    TypedLine line;
    for (const Value &word : words.values) line.finished.push_back(word.text);
    if (line.finished.empty()) return line;
    line.current = line.finished.back();
    line.finished.pop_back();
    return line;
}

// Plugins are looked for where the typed line will look for them.
int answer(const OwnCall &call) {
    const Invocation &invocation = call.invocation;
    const TypedLine line = typed_line(call.settings.at("word"));
    std::vector<std::string> directories = plugin_directories(line);
    for (std::string &directory : directories) directory = with_home(directory, invocation.environment);
    const Discovery discovery(search_path(directories, invocation.environment, invocation.executable), ::geteuid());
    try {
        call.output.write(as_lines(complete(line, Catalog(own_commands(), discovery))));
    } catch (const Error &) {
        // Nobody wants to read in the middle of typing that the line is wrong so far.
    }
    return PCASCTL_EXIT_DONE;
}

std::vector<std::string> shells() {
    std::vector<std::string> names;
    for (const auto &[name, script] : completion_scripts()) names.push_back(name);
    return names;
}

} // namespace

OwnCommand completion_command() {
    Manifest manifest{.command = "completion",
                      .version = PCASCTL_VERSION,
                      .summary = "Print the script that makes a shell complete command lines",
                      .exit_codes = own_exit_codes()};
    manifest.description = {"Prints a script for bash, zsh or fish. It asks pcasctl itself for what fits, so it serves "
                            "all plugins, also those that are "
                            "installed later. No plugin is run for it.",
                            "Where pcasctl was installed with its data, the shells find the scripts by themselves."};
    manifest.options = {{.name = "shell",
                         .type = OptionType::choice,
                         .value_name = "SHELL",
                         .help = "The shell that shall read it.",
                         .required = true,
                         .choices = shells(),
                         .positional = true}};
    manifest.examples = {{"In ~/.bashrc", "source <(pcasctl completion bash)"},
                         {"In ~/.zshrc, after compinit", "source <(pcasctl completion zsh)"},
                         {"In ~/.config/fish/config.fish", "pcasctl completion fish | source"}};
    return {manifest, print_script, true};
}

OwnCommand complete_command() {
    Manifest manifest{.command = "__complete",
                      .version = PCASCTL_VERSION,
                      .summary = "Answer a completion script",
                      .exit_codes = own_exit_codes()};
    manifest.description = {"Shows what a shell may offer for the last of the words. It is asked by the scripts of "
                            "'pcasctl completion', and may change with "
                            "them."};
    manifest.options = {{.name = "word",
                         .value_name = "WORD",
                         .help = "The words of the command line after the program's name, up to the cursor.",
                         .repeatable = true,
                         .positional = true}};
    return {.manifest = manifest, .run = answer, .command_line_only = true, .hidden = true};
}

} // namespace host
