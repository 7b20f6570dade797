#include "plugin.hpp"

#include "error.hpp"
#include "escape.hpp"

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

#include <dlfcn.h>

namespace host {
namespace {

constexpr int highest_exit_code = 125;

[[noreturn]] void failed(const std::string &message) {
    throw Error(PCASCTL_EXIT_FAILED, message);
}

// A C++ plugin without the wrapper can let an exception out, whatever the rules say. If it arrives here, it goes no
// further.
template <class Call>
auto guarded(const char *function, Call call) {
    try {
        return call();
    } catch (...) {
        failed(fmt::format("plugin bug: {} threw an exception across the border", function));
    }
}

// RTLD_NODELETE: threads and exit handlers of the plugin may outlive the last function that the host calls.
const pcasctl_plugin &load(const std::filesystem::path &file) {
    namespace dll = boost::dll;
    const auto mode =
        static_cast<dll::load_mode::type>(dll::load_mode::rtld_now | dll::load_mode::rtld_local | RTLD_NODELETE);
    try {
        dll::shared_library library(std::filesystem::canonical(file), mode);
        return library.get<const pcasctl_plugin>(PCASCTL_ENTRY_SYMBOL);
    } catch (const std::system_error &error) {
        failed(fmt::format("{} cannot be loaded: {}", escape(file.string()), escape(error.what())));
    }
}

void check_entry(const pcasctl_plugin &entry) {
    if (!PCASCTL_HAS(&entry, destroy))
        failed(fmt::format("plugin bug: its entry says that it has {} bytes, fewer than ABI 1.0 asks for", entry.size));
    if (entry.run == nullptr) failed("plugin bug: its entry has no run function");
}

// The instance that create made, which destroy gets back however run ends.
class Instance {
public:
    Instance(const pcasctl_plugin &entry, Services &services) : entry_(entry), services_(services) {
        if (entry_.create == nullptr) return;
        const int created = guarded("create", [&] { return entry_.create(services_.host(), &instance_); });
        if (created == 0) failed(services_.reason().value_or("failed to start and gave no reason"));
    }

    int run() {
        return guarded("run", [&] { return entry_.run(services_.host(), instance_); });
    }

    void destroy() {
        if (entry_.destroy == nullptr) return;
        guarded("destroy", [&] { entry_.destroy(services_.host(), instance_); });
    }

private:
    const pcasctl_plugin &entry_;
    Services &services_;
    void *instance_ = nullptr;
};

// run() once, destroy() once, also after run() threw; of two troubles the first is told.
int run_and_destroy(Instance &instance) {
    int code = PCASCTL_EXIT_FAILED;
    try {
        code = instance.run();
    } catch (const Error &) {
        try {
            instance.destroy();
        } catch (const Error &) {
        }
        throw;
    }
    instance.destroy();
    return code;
}

int exit_code_from(int code, Services &services) {
    if (const auto mistake = services.mistake()) failed("plugin bug: it " + *mistake);
    const auto reason = services.reason();
    if (code == PCASCTL_EXIT_CANCELLED) {
        const int signal = services.parts().cancellation.signal();
        if (signal == 0) failed("plugin bug: it returned 'cancelled', but nobody cancelled it");
        if (reason) throw Error(128 + signal, *reason);
        return 128 + signal;
    }
    if (code < 0 || code > highest_exit_code)
        failed(
            fmt::format("plugin bug: it returned {}, which is not an exit code from 0 to {}", code, highest_exit_code));
    if (code != PCASCTL_EXIT_DONE && reason) throw Error(code, *reason);
    if (code == PCASCTL_EXIT_FAILED) failed("failed and gave no reason");
    return code;
}

} // namespace

int run_plugin(const std::filesystem::path &file, Services &services) {
    const pcasctl_plugin &entry = load(file);
    check_entry(entry);
    Instance instance(entry, services);
    return exit_code_from(run_and_destroy(instance), services);
}

} // namespace host
