#include "terminal.hpp"

#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

Terminal::Terminal(const std::vector<std::string> &argv, const std::map<std::string, std::string> &environment,
                   const std::string &directory) {
    std::vector<std::string> entries;
    entries.reserve(environment.size());
    for (const auto &[name, value] : environment) entries.push_back(std::string(name).append("=").append(value));
    // So wide that no line is broken.
    const winsize size{.ws_row = 200, .ws_col = 1000, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ < 0) throw std::runtime_error(std::string("forkpty: ") + std::strerror(errno));
    if (pid_ == 0) {
        if (::chdir(directory.c_str()) == 0)
            ::execvpe(argv[0].c_str(), support::pointers(argv).data(), support::pointers(entries).data());
        ::_exit(127);
    }
}

Terminal::~Terminal() {
    ::kill(pid_, SIGKILL);
    ::close(terminal_);
    ::waitpid(pid_, nullptr, 0);
}

void Terminal::type(const std::string &keys) const {
    if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::runtime_error(std::string("writing to the terminal: ") + std::strerror(errno));
}

std::string Terminal::shown_until(const std::string &end) {
    std::size_t at = 0;
    while ((at = shown_.find(end)) == std::string::npos) read_more();
    std::string before = shown_.substr(0, at);
    shown_.erase(0, at + end.size());
    return before;
}

void Terminal::read_more() {
    constexpr int limit_ms = 60'000;
    pollfd readable{terminal_, POLLIN, 0};
    char bytes[4096];
    if (::poll(&readable, 1, limit_ms) != 1)
        throw std::runtime_error("the terminal shows nothing more after: " + shown_);
    const ssize_t count = ::read(terminal_, bytes, sizeof bytes);
    if (count <= 0) throw std::runtime_error("the program in the terminal ended after: " + shown_);
    shown_.append(bytes, static_cast<std::size_t>(count));
}

} // namespace test
