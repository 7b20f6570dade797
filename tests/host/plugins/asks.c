/* Asks the options service for what its manifest does not declare: an error of its author, which the host must not let
 * pass. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "asks", "version": "1", "summary": "Ask for a wrong option",
    "options": [
        {"name": "known", "default": "text", "help": "An option."},
        {"name": "as-integer", "type": "flag", "help": "Ask for the right name by the wrong type."}
    ]
});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    if (options->flag(host, "as-integer")) return (int)options->integer(host, "known", 0);
    return options->text(host, "knwon", 0) == NULL ? PCASCTL_EXIT_DONE : PCASCTL_EXIT_PARTIAL;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
