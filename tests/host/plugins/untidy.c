/* Works, and is untidy: in its manifest, in what it exports, and in what it needs. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "untidy", "version": "1", "summary": "Be untidy.", "descripton": ["A slip of the pen."],
    "options": [
        {"name": "one", "env": "UNTIDY", "help": "no sentence"},
        {"name": "two", "env": "UNTIDY", "defualt": "x", "help": "The second."}
    ]
});
/* clang-format on */

int function_of_some_other_library(void);

__attribute__((visibility("default"))) int helper(void);
int helper(void) {
    return function_of_some_other_library();
}

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    return helper();
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
