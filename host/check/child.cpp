#include "child.hpp"

#include "descriptor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace host::check {
namespace {

using Clock = std::chrono::steady_clock;

// More than anybody would read, and little to hold.
constexpr std::size_t most_output = std::size_t{1} << 20;

[[noreturn]] void failed(const char *call) {
    throw std::system_error(errno, std::generic_category(), call);
}

struct Pipe {
    Descriptor reading, writing;

    static Pipe make() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) failed("pipe2");
        return {Descriptor(ends[0]), Descriptor(ends[1])};
    }
};

// Where the child works; gone at the end, with whatever it left there.
class EmptyDirectory {
public:
    EmptyDirectory() : path_((std::filesystem::temp_directory_path() / "pcasctl-check-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) failed("mkdtemp");
    }
    ~EmptyDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    EmptyDirectory(const EmptyDirectory &) = delete;
    EmptyDirectory &operator=(const EmptyDirectory &) = delete;

    const char *path() const { return path_.c_str(); }

private:
    std::string path_;
};

[[noreturn]] void be_the_child(const std::function<void(const Teller &)> &body, const char *directory, int out, int err,
                               int told) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core = {0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const int empty = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(empty, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (::chdir(directory) != 0) ::_exit(1);
    ::setenv("HOME", directory, 1);
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"}) ::unsetenv(name);
    body(Teller(told));
    std::exit(0);
}

// The child's three pipes, read until all are closed, it prints too much, or time is up.
class Listener {
public:
    Listener(const Pipe &out, const Pipe &err, const Pipe &told, Clock::time_point deadline)
        : files_{{{out.reading.number(), POLLIN, 0},
                  {err.reading.number(), POLLIN, 0},
                  {told.reading.number(), POLLIN, 0}}},
          deadline_(deadline) {}

    // True if the child closed all of its ends: it has ended, or is about to.
    bool to_the_end() {
        while (open_ != 0 && !printed_too_much()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
            if (left.count() <= 0) return false;
            if (::poll(files_.data(), files_.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
                failed("poll");
            for (std::size_t i = 0; i < files_.size(); ++i) read_from(i);
        }
        return open_ == 0;
    }

    bool printed_too_much() const { return texts_[0].size() + texts_[1].size() + texts_[2].size() > most_output; }
    const std::string &text(std::size_t which) const { return texts_[which]; }

private:
    void read_from(std::size_t i) {
        if (files_[i].fd < 0 || files_[i].revents == 0) return;
        std::array<char, 65536> buffer;
        const ssize_t count = ::read(files_[i].fd, buffer.data(), buffer.size());
        if (count > 0) {
            texts_[i].append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            files_[i].fd = -1; // poll() passes it over
            --open_;
        }
    }

    std::array<pollfd, 3> files_;
    Clock::time_point deadline_;
    std::array<std::string, 3> texts_;
    int open_ = 3;
};

ChildEnd end_of(pid_t child, bool ended, bool printed_too_much, Clock::time_point deadline) {
    int status = 0;
    // It closed its ends, and may still go on: time is the judge of that, too.
    while (ended && ::waitpid(child, &status, WNOHANG) == 0 && (ended = Clock::now() < deadline)) ::usleep(1000);
    ::kill(-child, SIGKILL);
    if (!ended) ::waitpid(child, &status, 0);
    if (printed_too_much) return {ChildEnd::How::printed_too_much, 0};
    if (!ended) return {ChildEnd::How::took_too_long, 0};
    if (WIFSIGNALED(status)) return {ChildEnd::How::killed_by_signal, WTERMSIG(status)};
    return {ChildEnd::How::exited, WEXITSTATUS(status)};
}

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

} // namespace

void Teller::tell(std::string_view line) const {
    const std::string whole = std::string(line) + "\n";
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, whole.data(), whole.size());
}

ChildResult run_in_child(const std::function<void(const Teller &)> &body, std::chrono::milliseconds limit) {
    const EmptyDirectory directory;
    Pipe out = Pipe::make(), err = Pipe::make(), told = Pipe::make();
    const pid_t child = ::fork();
    if (child < 0) failed("fork");
    if (child == 0)
        be_the_child(body, directory.path(), out.writing.number(), err.writing.number(), told.writing.number());
    ::setpgid(child, child); // both do, so that it is done whoever comes first
    for (Pipe *pipe : {&out, &err, &told}) pipe->writing = Descriptor(-1);

    const auto deadline = Clock::now() + limit;
    Listener listener(out, err, told, deadline);
    const bool ended = listener.to_the_end();
    const ChildEnd end = end_of(child, ended, listener.printed_too_much(), deadline);
    return {end, lines_of(listener.text(2)), listener.text(0), listener.text(1)};
}

} // namespace host::check
