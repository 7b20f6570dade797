#include "own_commands.hpp"

namespace host {

const std::vector<OwnCommand> &own_commands() {
    static const std::vector<OwnCommand> commands = {help_command(),    complete_command(),      completion_command(),
                                                     plugins_command(), plugins_check_command(), plugins_new_command(),
                                                     version_command()};
    return commands;
}

std::vector<ExitCode> own_exit_codes() {
    return {{0, "done"}, {2, "wrong usage"}, {3, "the answer could not be written"}};
}

} // namespace host
