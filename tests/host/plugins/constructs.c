/* Leaves a mark when it is loaded: to see that nobody loads it who only looks at it. */
#include <pcasctl/plugin.h>

#include <stdio.h>
#include <stdlib.h>

/* clang-format off */
PCASCTL_MANIFEST({"command": "constructs", "version": "1", "summary": "Leave a mark when loaded"});
/* clang-format on */

__attribute__((constructor)) static void leave_a_mark(void) {
    const char *path = getenv("MARK");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file != NULL) fclose(file);
}

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
