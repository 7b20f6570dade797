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
    std::error_code error;
    dll::shared_library library;
    const auto path = std::filesystem::canonical(file, error);
    if (!error) library.load(path, error, mode);
    if (error || !library.has(PCASCTL_ENTRY_SYMBOL)) {
        const char *reason = ::dlerror(); // Boost.DLL's own words are "Bad file descriptor", whatever it was
        failed(fmt::format("{0} cannot be loaded: {1}; 'pcasctl plugins check {0}' may say more", escape(file.string()),
                           escape(reason != nullptr ? reason : error.message())));
    }
    return library.get<const pcasctl_plugin>(PCASCTL_ENTRY_SYMBOL);
}

const pcasctl_plugin &checked(const pcasctl_plugin &entry) {
    if (!PCASCTL_HAS(&entry, destroy))
        failed(fmt::format("plugin bug: its entry says that it has {} bytes, fewer than ABI 1.0 asks for", entry.size));
    if (entry.run == nullptr) failed("plugin bug: its entry has no run function");
    return entry;
}

// run() once, destroy() once, also after run() threw; of two troubles the first is told.
int run_and_destroy(LoadedPlugin &plugin, Services &services) {
    int code = PCASCTL_EXIT_FAILED;
    try {
        code = plugin.run(services);
    } catch (const Error &) {
        try {
            plugin.destroy(services);
        } catch (const Error &) {
        }
        throw;
    }
    plugin.destroy(services);
    return code;
}

} // namespace

LoadedPlugin::LoadedPlugin(const std::filesystem::path &file) : entry_(checked(load(file))) {}

bool LoadedPlugin::create(Services &services) {
    if (entry_.create == nullptr) return true;
    return guarded("create", [&] { return entry_.create(services.host(), &instance_); }) != 0;
}

int LoadedPlugin::run(Services &services) {
    return guarded("run", [&] { return entry_.run(services.host(), instance_); });
}

void LoadedPlugin::destroy(Services &services) {
    if (entry_.destroy == nullptr) return;
    guarded("destroy", [&] { entry_.destroy(services.host(), instance_); });
}

int exit_code_from(int code, const Services &services) {
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

int run_plugin(const std::filesystem::path &file, Services &services) {
    LoadedPlugin plugin(file);
    if (!plugin.create(services)) failed(services.reason().value_or("failed to start and gave no reason"));
    return exit_code_from(run_and_destroy(plugin, services), services);
}

} // namespace host
