// One of the host's own commands: declared as a plugin declares its own, so that parsing, help and completion treat
// both alike, and served by a function. Each command is one file of this folder; own_commands.cpp is the table of them.
#pragma once

#include "manifest.hpp"
#include "settings.hpp"

namespace host {

struct Invocation;
struct Common;
class Catalog;
class Discovery;
class Output;
class Terminal;

// What an own command works with.
struct OwnCall {
    const Settings &settings; // of the options that its manifest declares
    const Common &common;
    const Invocation &invocation;
    const Catalog &catalog;
    const Discovery &discovery;
    const Terminal &terminal;
    Output &output;
};

struct OwnCommand {
    // Its command is all that the user types, words separated by a space: "plugins new".
    Manifest manifest;
    // Returns the exit code of the process; throws Error where the user or the world is wrong.
    int (*run)(const OwnCall &call);
    // Values from the environment and the configuration file are not asked for: help must be had where they are wrong.
    bool command_line_only = false;
    // In no list: for programs, not for people.
    bool hidden = false;
};

} // namespace host
