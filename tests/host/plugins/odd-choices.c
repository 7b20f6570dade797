/* Declares values that a shell would take for its own: to see that completion hands them over as they are. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "odd-choices", "version": "1", "summary": "Declare `touch ~/mark` and $(touch ~/mark)",
    "options": [{"name": "one-of", "type": "choice", "choices": ["two words", "$(touch ~/mark)", "a:b", "it's", "*"], "help": "[One] of: \"these\"; `touch ~/mark`."}]
});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
