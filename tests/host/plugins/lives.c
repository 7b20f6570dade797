/* Says which of its functions are called, and fails where it is told to. */
#include <pcasctl/plugin.h>

#include <string.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "lives", "version": "1", "summary": "Say what is called",
    "options": [
        {"name": "fail", "type": "choice", "choices": ["create", "silently", "run"], "help": "Where to fail."},
        {"name": "level", "type": "integer", "default": "2", "help": "Log a message of this level."}
    ]
});
/* clang-format on */

static int is_to_fail(const pcasctl_host *host, const char *where) {
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const char *value = options->text(host, "fail", 0);
    return value != NULL && strcmp(value, where) == 0;
}

static void say(const pcasctl_host *host, const char *what) {
    const pcasctl_output *output = host->get_service(host, PCASCTL_OUTPUT_SERVICE);
    output->write(host, what, strlen(what));
}

static int create(const pcasctl_host *host, void **instance) {
    say(host, "create ");
    if (is_to_fail(host, "silently")) return 0;
    if (is_to_fail(host, "create")) {
        host->fail(host, "there is no such\nserver");
        return 0;
    }
    *instance = instance;
    return 1;
}

static int run(const pcasctl_host *host, void *instance) {
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const pcasctl_log *log = host->get_service(host, PCASCTL_LOG_SERVICE);
    const pcasctl_log_field fields[] = {{"path", "/a b"}, {"odd", "\x1b[31m\xff"}};
    log->write(host, (int)options->integer(host, "level", 0), "one\ntwo", fields, 2);
    say(host, instance != NULL ? "run " : "run without an instance ");
    if (!is_to_fail(host, "run"))
        return host->get_service(host, "pcasctl.unheard-of/1") == NULL ? PCASCTL_EXIT_DONE : 1;
    host->fail(host, "earlier reason");
    host->fail(host, "the disk is gone");
    return PCASCTL_EXIT_FAILED;
}

static void destroy(const pcasctl_host *host, void *instance) {
    say(host, instance != NULL ? "destroy\n" : "destroy nothing\n");
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), create, run, destroy};
