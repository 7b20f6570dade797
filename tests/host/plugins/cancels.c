/* Waits until it is cancelled; with --stubborn it goes on waiting; with --unasked it says that it was cancelled when it
 * was not. */
#include <pcasctl/plugin.h>

#include <poll.h>
#include <unistd.h>

/* clang-format off */
PCASCTL_MANIFEST({
    "command": "cancels", "version": "1", "summary": "Wait to be cancelled",
    "options": [
        {"name": "stubborn", "type": "flag", "help": "Do not stop when asked to."},
        {"name": "unasked", "type": "flag", "help": "Stop when not asked to."}
    ]
});
/* clang-format on */

static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    const pcasctl_options *options = host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const pcasctl_cancel *cancel = host->get_service(host, PCASCTL_CANCEL_SERVICE);
    const pcasctl_log *log = host->get_service(host, PCASCTL_LOG_SERVICE);
    if (options->flag(host, "unasked")) return PCASCTL_EXIT_CANCELLED;
    log->write(host, PCASCTL_LOG_INFO, "waiting", NULL, 0);
    struct pollfd file = {cancel->descriptor(host), POLLIN, 0};
    while (poll(&file, 1, -1) < 0) continue;
    if (!cancel->requested(host)) return PCASCTL_EXIT_FAILED;
    log->write(host, PCASCTL_LOG_INFO, "stopping", NULL, 0);
    while (options->flag(host, "stubborn")) pause();
    return PCASCTL_EXIT_CANCELLED;
}

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL};
