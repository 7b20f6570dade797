/* Returns the exit code that it is told to. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "returns", "version": "1", "summary": "Return a code",
    "options": [{"name": "code", "type": "integer", "positional": true, "required": true, "help": "The code."}]
});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    return (int)options->integer(host, "code", 0);
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
