/*
 * A host as it was at ABI 1.0: host PLUGIN.so COMMAND [NAME=VALUE ...]. It knows the services of 1.0 and no other, in the
 * structures that its header had. Built from the frozen header beside it, it runs today's plugins; built from a header of
 * the future, whose structures are larger, it stands for a host of which a plugin uses only the older part.
 */
#include <pcasctl/plugin.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **values;     /* NAME=VALUE, NULL at the end */
static char failure[512]; /* what the plugin gave to fail() */

static const char *text(const pcasctl_host *host, const char *name, size_t index) {
    (void)host;
    const size_t length = strlen(name);
    for (char **value = values; *value != NULL; ++value)
        if (strncmp(*value, name, length) == 0 && (*value)[length] == '=' && index-- == 0) return *value + length + 1;
    return NULL;
}

static size_t count(const pcasctl_host *host, const char *name) {
    size_t number = 0;
    while (text(host, name, number) != NULL) ++number;
    return number;
}

static int source(const pcasctl_host *host, const char *name) {
    return count(host, name) != 0 ? PCASCTL_SOURCE_COMMAND_LINE : PCASCTL_SOURCE_NONE;
}

static int64_t integer(const pcasctl_host *host, const char *name, size_t index) {
    const char *value = text(host, name, index);
    return value != NULL ? strtoll(value, NULL, 10) : 0;
}

static double number(const pcasctl_host *host, const char *name, size_t index) {
    const char *value = text(host, name, index);
    return value != NULL ? strtod(value, NULL) : 0;
}

static int flag(const pcasctl_host *host, const char *name) {
    return count(host, name) != 0;
}

static int enabled(const pcasctl_host *host, int level) {
    (void)host;
    return level >= PCASCTL_LOG_WARNING;
}

static void write_log(const pcasctl_host *host, int level, const char *message, const pcasctl_log_field *fields,
                      size_t field_count) {
    if (!enabled(host, level)) return;
    fprintf(stderr, "%s", message);
    for (size_t i = 0; i < field_count; ++i) fprintf(stderr, " %s=%s", fields[i].key, fields[i].value);
    fputc('\n', stderr);
}

static int zero(const pcasctl_host *host) {
    (void)host;
    return 0;
}

static int zero_of(const pcasctl_host *host, int stream) {
    (void)host;
    (void)stream;
    return 0;
}

static int eighty(const pcasctl_host *host) {
    (void)host;
    return 80;
}

static int write_output(const pcasctl_host *host, const char *bytes, size_t length) {
    (void)host;
    return write(STDOUT_FILENO, bytes, length) == (ssize_t)length;
}

static const void *get_service(const pcasctl_host *host, const char *id) {
    static const pcasctl_options options = {.size = sizeof options,
                                            .count = count,
                                            .source = source,
                                            .text = text,
                                            .integer = integer,
                                            .number = number,
                                            .flag = flag};
    static const pcasctl_log log = {.size = sizeof log, .enabled = enabled, .write = write_log};
    static const pcasctl_cancel cancel = {.size = sizeof cancel, .requested = zero, .descriptor = zero};
    static const pcasctl_output output = {.size = sizeof output, .format = zero, .write = write_output};
    static const pcasctl_terminal terminal = {
        .size = sizeof terminal, .interactive = zero_of, .colour = zero_of, .columns = eighty};
    (void)host;
    if (strcmp(id, PCASCTL_OPTIONS_SERVICE) == 0) return &options;
    if (strcmp(id, PCASCTL_LOG_SERVICE) == 0) return &log;
    if (strcmp(id, PCASCTL_CANCEL_SERVICE) == 0) return &cancel;
    if (strcmp(id, PCASCTL_OUTPUT_SERVICE) == 0) return &output;
    if (strcmp(id, PCASCTL_TERMINAL_SERVICE) == 0) return &terminal;
    return NULL;
}

static void fail(const pcasctl_host *host, const char *message) {
    (void)host;
    snprintf(failure, sizeof failure, "%s", message);
}

int main(int argc, char **argv) {
    if (argc < 3) return 64;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    const pcasctl_plugin *plugin = library != NULL ? dlsym(library, PCASCTL_ENTRY_SYMBOL) : NULL;
    if (plugin == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 65;
    }
    values = argv + 3;
    const pcasctl_host host = {.size = sizeof host,
                               .abi_major = PCASCTL_ABI_MAJOR,
                               .abi_minor = PCASCTL_ABI_MINOR,
                               .version = "0.0.1",
                               .command = argv[2],
                               .get_service = get_service,
                               .fail = fail};
    void *instance = NULL;
    int code = PCASCTL_EXIT_FAILED;
    if (plugin->create == NULL || plugin->create(&host, &instance)) {
        code = plugin->run(&host, instance);
        if (plugin->destroy != NULL) plugin->destroy(&host, instance);
    }
    if (failure[0] != '\0' && code != PCASCTL_EXIT_DONE) fprintf(stderr, "failed: %s\n", failure);
    return code;
}
