/* pcasctl my-command. What stands in <pcasctl/plugin.h> is all that it needs to know of pcasctl. */
#include <pcasctl/plugin.h>

#include <string.h>

/* What pcasctl knows of the command without running it: help, completion and the checks of its options come from here. */
/* clang-format off */
PCASCTL_MANIFEST({
    "command": "my-command",
    "version": "0.1.0",
    "summary": "Greet somebody",
    "description": ["Greets whom you name. Replace this by what your command does."],
    "options": [
        {"name": "name", "short": "n", "default": "world", "positional": true, "help": "Whom to greet."},
        {"name": "times", "short": "t", "type": "integer", "value": "N", "default": "1", "minimum": 1, "maximum": 1000,
         "help": "How often."}
    ],
    "examples": [{"text": "Greet Ada twice", "command": "pcasctl my-command Ada --times 2"}]
});
/* clang-format on */

static int write_text(const pcasctl_host *host, const pcasctl_output *output, const char *text) {
    return output->write(host, text, strlen(text));
}

static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const pcasctl_output *output = host->get_service(host, PCASCTL_OUTPUT_SERVICE);
    if (options == NULL || output == NULL) {
        host->fail(host, "this pcasctl is too old for my-command: install a newer one");
        return PCASCTL_EXIT_FAILED;
    }
    const char *name = options->text(host, "name", 0);
    const int64_t times = options->integer(host, "times", 0);
    for (int64_t i = 0; i < times; ++i)
        if (!write_text(host, output, "Hello, ") || !write_text(host, output, name) || !write_text(host, output, "!\n"))
            break; /* stdout takes no more: pcasctl says so */
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
