// A plugin in C++ that does not use the wrapper, and lets exceptions out.
#include <pcasctl/plugin.h>

#include <stdexcept>
#include <string>

// clang-format off
PCASCTL_MANIFEST({
    "command": "throws", "version": "1", "summary": "Throw across the border",
    "options": [{"name": "from", "type": "choice", "choices": ["create", "run", "destroy"], "required": true, "help": "Where."}]
});
// clang-format on

namespace {

void throw_if_it_is(const pcasctl_host *host, const char *where) {
    const auto *options = static_cast<const pcasctl_options *>(host->get_service(host, PCASCTL_OPTIONS_SERVICE));
    if (options->text(host, "from", 0) == std::string(where)) throw std::runtime_error("out of here");
}

int create(const pcasctl_host *host, void **) {
    throw_if_it_is(host, "create");
    return 1;
}

int run(const pcasctl_host *host, void *) {
    throw_if_it_is(host, "run");
    return PCASCTL_EXIT_DONE;
}

void destroy(const pcasctl_host *host, void *) {
    throw_if_it_is(host, "destroy");
}

} // namespace

PCASCTL_ENTRY = {sizeof(pcasctl_plugin), create, run, destroy};
