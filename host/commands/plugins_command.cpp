// `pcasctl plugins`: which there are, and why one cannot be used.
#include "common_options.hpp"
#include "discovery.hpp"
#include "listing.hpp"
#include "output.hpp"
#include "own_commands.hpp"

namespace host {
namespace {

int run(const OwnCall &call) {
    const Listing listing = call.discovery.list();
    call.output.write(call.common.json_output ? listing_json(listing) : listing_text(listing));
    return PCASCTL_EXIT_DONE;
}

} // namespace

OwnCommand plugins_command() {
    Manifest manifest{.command = "plugins",
                      .version = PCASCTL_VERSION,
                      .summary = "List all plugins that are found, and the directories that are searched",
                      .exit_codes = own_exit_codes()};
    manifest.description = {
        "Lists every file *.so on the search path with its command, version, ABI and state: ok, shadowed (another file "
        "of the same name comes first) or refused, with the reason. No plugin is run for it.",
        "These directories are searched, in this order: each --plugin-dir, those in PCASCTL_PLUGIN_PATH, the user's "
        "directory, the system's directory."};
    manifest.examples = {{"With a directory of your own first", "pcasctl --plugin-dir ./build plugins"}};
    return {manifest, run};
}

} // namespace host
