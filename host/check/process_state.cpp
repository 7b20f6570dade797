#include "process_state.hpp"

#include <fmt/format.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace host::check {
namespace {

namespace fs = std::filesystem;

std::string handler_of(int signal) {
    struct sigaction action = {};
    if (::sigaction(signal, nullptr, &action) != 0) return {};
    return fmt::format("{} {}", reinterpret_cast<const void *>(action.sa_sigaction), action.sa_flags);
}

std::string stream_identity(int descriptor) {
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0) return "closed";
    return fmt::format("{} {}", status.st_dev, status.st_ino);
}

} // namespace

ProcessState::ProcessState() {
    for (int signal = 0; signal < NSIG; ++signal) signal_handlers_.push_back(handler_of(signal));
    locale_ = std::setlocale(LC_ALL, nullptr);
    std::error_code error;
    directory_ = fs::current_path(error).string();
    umask_ = ::umask(0);
    ::umask(umask_);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) streams_.push_back(stream_identity(stream));
}

std::vector<std::string> ProcessState::changes_to(const ProcessState &later) const {
    std::vector<std::string> changes;
    for (std::size_t signal = 0; signal < signal_handlers_.size(); ++signal)
        if (signal_handlers_[signal] != later.signal_handlers_[signal])
            changes.push_back(
                fmt::format("what happens on the signal {} ({})", signal, ::strsignal(static_cast<int>(signal))));
    if (locale_ != later.locale_) changes.push_back(fmt::format("the locale, to {}", later.locale_));
    if (directory_ != later.directory_)
        changes.push_back(fmt::format("the working directory, to {}", later.directory_));
    if (umask_ != later.umask_) changes.push_back(fmt::format("the umask, to {:03o}", later.umask_));
    const char *names[] = {"stdin", "stdout", "stderr"};
    for (std::size_t i = 0; i < streams_.size(); ++i)
        if (streams_[i] != later.streams_[i]) changes.push_back(fmt::format("what {} leads to", names[i]));
    return changes;
}

std::size_t threads_of_this_process() {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator()));
}

} // namespace host::check
