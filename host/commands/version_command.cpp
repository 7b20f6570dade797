// `pcasctl version`: of the program, and of the ABI that it offers to plugins.
#include "output.hpp"
#include "own_commands.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>

namespace host {
namespace {

int run(const OwnCall &call) {
    call.output.write(
        fmt::format("pcasctl {} (plugin ABI {}.{})\n", PCASCTL_VERSION, PCASCTL_ABI_MAJOR, PCASCTL_ABI_MINOR));
    return PCASCTL_EXIT_DONE;
}

} // namespace

OwnCommand version_command() {
    return {{.command = "version",
             .version = PCASCTL_VERSION,
             .summary = "Show the version",
             .exit_codes = own_exit_codes()},
            run,
            true};
}

} // namespace host
