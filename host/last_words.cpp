#include "last_words.hpp"

#include <pcasctl/plugin.h>

#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace host {
namespace {

constexpr std::array<int, 5> crashes = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// A handler is given a number and may not allocate: what it says is ready before it is needed. Never destroyed, for a
// library's destructors run after those of all our globals.
struct Lines {
    std::array<std::string, crashes.size()> crash;
    std::string exit;
};
Lines &lines = *new Lines;
bool plugin_is_running = false;

void write_line(const std::string &line) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

extern "C" void on_crash(int signal) {
    for (std::size_t i = 0; i < crashes.size(); ++i)
        if (crashes[i] == signal) write_line(lines.crash[i]);
    static_cast<void>(::raise(signal)); // SA_RESETHAND: now with its default action
}

extern "C" void on_exit_of_the_process() {
    if (!plugin_is_running) return;
    write_line(lines.exit);
    ::_exit(PCASCTL_EXIT_FAILED);
}

// A stack that has overflowed is no place for a handler.
void make_a_stack_for_handlers() {
    static std::array<char, 65536> stack;
    stack_t description = {};
    description.ss_sp = stack.data();
    description.ss_size = stack.size();
    ::sigaltstack(&description, nullptr);
}

void handle(int signal) {
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_DFL) return;
    struct sigaction action = {};
    action.sa_handler = on_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
    ::sigaction(signal, &action, nullptr);
}

} // namespace

LastWords::LastWords(const std::function<std::string(const std::string &)> &line_for) {
    for (std::size_t i = 0; i < crashes.size(); ++i)
        lines.crash[i] = line_for(std::string("crashed: ") + ::strsignal(crashes[i]));
    lines.exit = line_for("ended the process by exit()");
    make_a_stack_for_handlers();
    for (const int signal : crashes) handle(signal);
    plugin_is_running = true;
    static const bool registered = std::atexit(on_exit_of_the_process) == 0;
    static_cast<void>(registered);
}

LastWords::~LastWords() {
    plugin_is_running = false;
}

} // namespace host
