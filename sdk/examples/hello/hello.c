/*
 * A whole subcommand in C: `pcasctl hello [NAME] [--shout] [--times N]`.
 *
 * It shows the three things that every plugin has - a manifest, functions, an entry - and how to use a service of the
 * host. It needs no state, so it has neither create nor destroy.
 */
#include <pcasctl/plugin.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "hello",
    "version": "1.0.0",
    "summary": "Greet somebody",
    "description": ["Writes a greeting. It is the smallest plugin that does something, and is there to be copied."],
    "options": [
        {"name": "name", "value": "NAME", "positional": true, "default": "world", "env": "HELLO_NAME", "help": "Whom to greet."},
        {"name": "shout", "short": "s", "type": "flag", "help": "Greet in capitals."},
        {"name": "times", "short": "n", "type": "integer", "value": "N", "default": "1", "minimum": 1, "maximum": 1000, "help": "How often."}
    ],
    "examples": [{"text": "Greet Ada, loudly", "command": "pcasctl hello Ada --shout"}]
});
/* clang-format on */

/* Room for the greeting of a long name; a longer one is refused, not cut off. */
enum { LONGEST_GREETING = 1024 };

static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const pcasctl_output *output = host->get_service(host, PCASCTL_OUTPUT_SERVICE);
    const pcasctl_log *log = host->get_service(host, PCASCTL_LOG_SERVICE);
    if (options == NULL || output == NULL) {
        host->fail(host, "this pcasctl lacks a service that hello needs; install a newer pcasctl");
        return PCASCTL_EXIT_FAILED;
    }

    char greeting[LONGEST_GREETING];
    const char *name = options->text(host, "name", 0);
    const int length = snprintf(greeting, sizeof greeting, "Hello, %s!\n", name);
    if (length < 0 || (size_t)length >= sizeof greeting) {
        host->fail(host, "--name is too long: give a name of at most 1000 bytes");
        return PCASCTL_EXIT_USAGE;
    }
    if (options->flag(host, "shout"))
        for (char *c = greeting; *c != '\0'; ++c) *c = (char)toupper((unsigned char)*c);

    const int64_t times = options->integer(host, "times", 0);
    for (int64_t i = 0; i < times; ++i)
        if (!output->write(host, greeting, strlen(greeting))) break; /* the host reports it */

    /* A service that one can do without is used if it is there. */
    if (log != NULL) {
        const pcasctl_log_field fields[] = {{"name", name}};
        log->write(host, PCASCTL_LOG_DEBUG, "greeted", fields, 1);
    }
    return PCASCTL_EXIT_DONE;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
