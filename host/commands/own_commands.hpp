// The table of the host's own commands. Here, and nowhere else, a new one is entered.
#pragma once

#include "own_command.hpp"

#include <vector>

namespace host {

const std::vector<OwnCommand> &own_commands();

OwnCommand complete_command();
OwnCommand completion_command();
OwnCommand help_command();
OwnCommand plugins_command();
OwnCommand plugins_check_command();
OwnCommand plugins_new_command();
OwnCommand version_command();

// What an own command ends with, unless its manifest says more.
std::vector<ExitCode> own_exit_codes();

} // namespace host
