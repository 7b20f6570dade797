/*
 * All that ABI 1.0 offers, used from C. It is built from the frozen headers beside it, and never changed again: what it
 * gets from today's host must stay what it was.
 */
#include <pcasctl/plugin.h>

#include <stdio.h>
#include <string.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "plugin",
    "version": "1.0",
    "summary": "Use all of ABI 1.0",
    "options": [
        {"name": "item", "positional": true, "repeatable": true, "help": "A few."},
        {"name": "text", "default": "as it is", "help": "A text."},
        {"name": "count", "short": "c", "type": "integer", "minimum": 1, "maximum": 9, "default": "7", "help": "An integer."},
        {"name": "ratio", "type": "number", "default": "0.5", "help": "A number."},
        {"name": "wait", "type": "duration", "default": "2m", "help": "A duration."},
        {"name": "pick", "type": "choice", "choices": ["this", "that"], "env": "FROZEN_PICK", "help": "A choice."},
        {"name": "flag", "type": "flag", "help": "A flag."},
        {"name": "reason", "secret": true, "help": "Fail with this reason."}
    ]
});
/* clang-format on */

static const pcasctl_output *output;

static void say(const pcasctl_host *host, const char *text) {
    output->write(host, text, strlen(text));
}

static int create(const pcasctl_host *host, void **instance) {
    static int state;
    output = host->get_service(host, PCASCTL_OUTPUT_SERVICE);
    if (output == NULL) return 0;
    *instance = &state;
    say(host, "create\n");
    return 1;
}

static void show_options(const pcasctl_host *host, const pcasctl_options *options) {
    char line[512];
    for (size_t i = 0; i < options->count(host, "item"); ++i) {
        snprintf(line, sizeof line, "item %zu: %s\n", i, options->text(host, "item", i));
        say(host, line);
    }
    const char *pick = options->text(host, "pick", 0);
    snprintf(line, sizeof line, "text %s, count %lld, ratio %g, wait %lld ms, pick %s from %d, flag %d\n",
             options->text(host, "text", 0), (long long)options->integer(host, "count", 0),
             options->number(host, "ratio", 0), (long long)options->integer(host, "wait", 0),
             pick != NULL ? pick : "nothing", options->source(host, "pick"), options->flag(host, "flag"));
    say(host, line);
}

static void show_services(const pcasctl_host *host) {
    const pcasctl_log *log = host->get_service(host, PCASCTL_LOG_SERVICE);
    const pcasctl_cancel *cancel = host->get_service(host, PCASCTL_CANCEL_SERVICE);
    const pcasctl_terminal *terminal = host->get_service(host, PCASCTL_TERMINAL_SERVICE);
    if (log != NULL && log->enabled(host, PCASCTL_LOG_WARNING)) {
        const pcasctl_log_field fields[] = {{"from", "1.0"}, {"to", "now"}};
        log->write(host, PCASCTL_LOG_WARNING, "a frozen message", fields, 2);
    }
    char line[512];
    snprintf(line, sizeof line,
             "json %d, cancelled %d, descriptor %d, terminal %d, colour %d, columns %d, nonsense %d\n",
             output->format(host), cancel->requested(host), cancel->descriptor(host) >= 0,
             terminal->interactive(host, PCASCTL_STDOUT), terminal->colour(host, PCASCTL_STDERR),
             terminal->columns(host) > 0, host->get_service(host, "nonsense/1") != NULL);
    say(host, line);
}

static int run(const pcasctl_host *host, void *instance) {
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    say(host, instance != NULL && host->abi_major == 1 && strcmp(host->command, "plugin") == 0 ? "run\n" : "odd\n");
    show_options(host, options);
    show_services(host);
    if (options->count(host, "reason") == 0) return PCASCTL_EXIT_DONE;
    host->fail(host, options->text(host, "reason", 0));
    return 42;
}

static void destroy(const pcasctl_host *host, void *instance) {
    say(host, instance != NULL ? "destroy\n" : "odd\n");
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), create, run, destroy};
