/* A library with an entry and no word about itself. */
#include <pcasctl/plugin.h>

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
