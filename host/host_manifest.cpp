#include "host_manifest.hpp"

namespace host {

Manifest host_manifest() {
    return {
        .command = "pcasctl",
        .version = PCASCTL_VERSION,
        .summary = "The command line of PCAS",
        .description =
            {"A host of subcommands, each of which is a plugin: one shared library that was dropped into a plugin "
             "directory. The plugin of 'pcasctl hello' is the file hello.so; it can be used at the next call.",
             "Plugins are looked for in each --plugin-dir, then in the directories of PCASCTL_PLUGIN_PATH, then in the "
             "user's directory, then in the directory that pcasctl was installed with; never in the working "
             "directory. The first match wins. A file or directory that other users could write to is refused. "
             "'pcasctl "
             "plugins' shows what is found, where, and why something cannot be used. No plugin is run to be listed, "
             "described or completed.",
             "The value of an option comes from the command line, else from the environment, else from the "
             "configuration file, else it is the default.",
             "Results go to the standard output, all else to the standard error."},
        .examples = {{"Which commands are there", "pcasctl --help"},
                     {"How one of them is used", "pcasctl help plugins"},
                     {"The manual page of a plugin that came without one", "pcasctl help --man hello | man -l -"}},
        .environment = {{"PCASCTL_PLUGIN_PATH", "Directories to look for plugins in, separated by colons. Relative "
                                                "ones are refused."},
                        {"XDG_CONFIG_HOME", "Where the user keeps configuration, instead of ~/.config."},
                        {"XDG_DATA_HOME", "Where the user keeps data, instead of ~/.local/share."},
                        {"NO_COLOR", "If it is set, and not empty, nothing is coloured."}},
        .files = {{"~/.config/pcasctl/pcasctl.ini",
                   "Configuration, unless --config names another file: a line 'option = value' for each option, by its "
                   "long name, in the section [pcasctl] for what every command takes and in one of a command's name "
                   "for its own."},
                  {"~/.local/share/pcasctl/plugins", "The user's plugins."},
                  {PCASCTL_PLUGINDIR_FROM_BINDIR,
                   "The plugins that pcasctl was installed with, counted from the directory of its executable."}},
    };
}

} // namespace host
