/* Leaves a mark when it is loaded: to see that nobody loads it who only looks at it. */
#include "leave_a_mark.h"

#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({"command": "constructs", "version": "1", "summary": "Leave a mark when loaded"});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
