/* Asks for a pcasctl that does not exist yet, and leaves a mark if it is loaded nevertheless. */
#include "leave_a_mark.h"

#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({"command": "newer-host", "version": "1", "requires": "999.1", "summary": "Need a newer host"});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
