/* Breaks one rule at one moment of its life: as UNRULY says, "<moment> <deed>". Moments: load, create, run, destroy, end
 * (of the process). */
#include <pcasctl/plugin.h>

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "unruly", "version": "1", "summary": "Break a rule", "description": ["Breaks the rule that UNRULY names."]
});
/* clang-format on */

static const char *deed_at(const char *moment) {
    const char *unruly = getenv("UNRULY");
    const size_t length = strlen(moment);
    return unruly != NULL && strncmp(unruly, moment, length) == 0 && unruly[length] == ' ' ? unruly + length + 1 : "";
}

static void *wait_for_ever(void *nothing) {
    for (;;) pause();
    return nothing;
}

static void ignore(int number) {
    (void)number;
}

static void print(int stream, const char *text) {
    if (write(stream, text, strlen(text)) < 0) abort();
}

static void misbehave(const char *deed) {
    pthread_t thread;
    if (strcmp(deed, "crash") == 0) abort(); /* the one signal of a crash that sanitizers leave alone */
    if (strcmp(deed, "exit") == 0) exit(0);
    if (strcmp(deed, "leave") == 0) _exit(7);
    if (strcmp(deed, "loop") == 0) wait_for_ever(NULL);
    if (strcmp(deed, "print") == 0) print(STDOUT_FILENO, "Here I am!\n");
    if (strcmp(deed, "printf") == 0) printf("Here I am!\n");
    if (strcmp(deed, "complain") == 0) print(STDERR_FILENO, "Oh dear!\n");
    while (strcmp(deed, "flood") == 0) print(STDOUT_FILENO, "Here I am, and here I stay!\n");
    if (strcmp(deed, "signal") == 0) signal(SIGINT, ignore);
    if (strcmp(deed, "locale") == 0) setlocale(LC_ALL, "C.UTF-8");
    if (strcmp(deed, "chdir") == 0 && chdir("/") != 0) abort();
    if (strcmp(deed, "umask") == 0) umask(0);
    if (strcmp(deed, "close") == 0) close(STDOUT_FILENO);
    if (strcmp(deed, "thread") == 0) pthread_create(&thread, NULL, wait_for_ever, NULL);
    if (strcmp(deed, "litter") == 0) close(open("litter", O_CREAT | O_WRONLY, 0644));
}

__attribute__((constructor)) static void on_load(void) {
    misbehave(deed_at("load"));
}

__attribute__((destructor)) static void at_the_end(void) {
    misbehave(deed_at("end"));
}

static int create(const pcasctl_host *host, void **instance) {
    const char *deed = deed_at("create");
    misbehave(deed);
    *instance = NULL;
    if (strcmp(deed, "explain") == 0) host->fail(host, "not today");
    return strcmp(deed, "refuse") != 0 && strcmp(deed, "explain") != 0;
}

static int run(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    misbehave(deed_at("run"));
    return strcmp(deed_at("run"), "fail") == 0 ? PCASCTL_EXIT_FAILED : PCASCTL_EXIT_DONE;
}

static void destroy(const pcasctl_host *host, void *instance) {
    (void)host;
    (void)instance;
    misbehave(deed_at("destroy"));
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), create, run, destroy};
