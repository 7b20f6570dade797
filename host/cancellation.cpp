#include "cancellation.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace host {
namespace {

// A signal handler is given nothing but a number: all that it needs has to be global.
std::atomic<int> first_signal{0};
std::atomic<int> wake_up{-1};
static_assert(std::atomic<int>::is_always_lock_free);

// The second signal is delivered again, with its default action, as soon as this handler has returned.
void end_by(int signal) {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
    static_cast<void>(::raise(signal));
}

extern "C" void on_signal(int signal) {
    const int saved_errno = errno;
    int none = 0;
    if (first_signal.compare_exchange_strong(none, signal)) {
        const std::uint64_t one = 1;
        // An eventfd that is nobody else's cannot be full.
        [[maybe_unused]] const ssize_t written = ::write(wake_up.load(), &one, sizeof one);
    } else {
        end_by(signal);
    }
    errno = saved_errno;
}

} // namespace

Cancellation::Cancellation() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    int none = -1;
    if (!wake_up.compare_exchange_strong(none, descriptor_)) {
        ::close(descriptor_);
        throw std::logic_error("signals are handled already");
    }
    first_signal = 0;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before = {};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction action = {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        ::sigaction(signal, &action, nullptr);
        replaced_.push_back({signal, before});
    }
}

Cancellation::~Cancellation() {
    for (const Replaced &replaced : replaced_) ::sigaction(replaced.signal, &replaced.action, nullptr);
    wake_up = -1;
    ::close(descriptor_);
}

int Cancellation::signal() const {
    return first_signal;
}

int Cancellation::descriptor() const {
    return descriptor_;
}

} // namespace host
