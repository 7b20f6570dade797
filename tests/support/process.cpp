#include "process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace support {
namespace {

bool depends_on_the_user(const std::string &entry) {
    for (const char *prefix :
         {"PCASCTL_PLUGIN_PATH=", "PCASCTL_CONFIG=", "PCASCTL_LOG_", "PG", "NO_COLOR=", "XDG_", "HOME="})
        if (entry.rfind(prefix, 0) == 0) return true;
    return false;
}

std::vector<std::string> environment_for(const RunOptions &options) {
    std::vector<std::string> entries;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        const std::string name(*entry, std::strcspn(*entry, "="));
        if (!depends_on_the_user(*entry) && options.environment.count(name) == 0) entries.emplace_back(*entry);
    }
    if (options.environment.count("HOME") == 0) entries.emplace_back("HOME=/nonexistent");
    for (const auto &[name, value] : options.environment)
        entries.push_back(std::string(name).append("=").append(value));
    return entries;
}

[[noreturn]] void fail(const std::string &what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::string last_words(const std::string &text) {
    constexpr std::size_t most = 4000;
    return text.size() > most ? "..." + text.substr(text.size() - most) : text;
}

int unlinked_file_with(const std::string &bytes) {
    char name[] = "/tmp/pcasctl-input-XXXXXX";
    const int file = ::mkostemp(name, O_CLOEXEC);
    if (file < 0) fail("mkostemp");
    ::unlink(name);
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) fail("write");
    ::lseek(file, 0, SEEK_SET);
    return file;
}

} // namespace

std::vector<char *> pointers(const std::vector<std::string> &strings) {
    std::vector<char *> result;
    result.reserve(strings.size() + 1);
    for (const std::string &string : strings) result.push_back(const_cast<char *>(string.c_str()));
    result.push_back(nullptr);
    return result;
}

Process::Process(const std::vector<std::string> &argv, const RunOptions &options)
    : argv_(argv), deadline_(std::chrono::steady_clock::now() + options.limit) {
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) fail("pipe2");
    const int input = unlinked_file_with(options.input);
    const auto environment = environment_for(options);
    auto environment_pointers = pointers(environment);
    auto argument_pointers = pointers(argv_);

    pid_ = ::fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) {
        ::dup2(input, 0);
        ::dup2(out[1], 1);
        ::dup2(err[1], 2);
        if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(127);
        environ = environment_pointers.data();
        // The tests may run under nohup, which ignores it for all below.
        static_cast<void>(std::signal(SIGHUP, SIG_DFL));
        ::execvp(argument_pointers[0], argument_pointers.data());
        ::_exit(127);
    }
    ::close(input);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
}

Process::~Process() {
    if (!reaped_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) ::close(out_);
    if (err_ >= 0) ::close(err_);
}

void Process::signal(int number) const {
    ::kill(pid_, number);
}

void Process::pump(int timeout_ms) {
    if (std::chrono::steady_clock::now() > deadline_)
        throw std::runtime_error(argv_[0] + " took too long; so far it said: " + result_.out + last_words(result_.err));
    pollfd files[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
    if (::poll(files, 2, timeout_ms) < 0 && errno != EINTR) fail("poll");
    const auto drain = [](pollfd &file, int &descriptor, std::string &text) {
        if (descriptor < 0 || (file.revents & (POLLIN | POLLHUP | POLLERR)) == 0) return;
        char buffer[65536];
        const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
        if (count > 0) {
            text.append(buffer, static_cast<std::size_t>(count));
        } else {
            ::close(descriptor);
            descriptor = -1;
        }
    };
    drain(files[0], out_, result_.out);
    drain(files[1], err_, result_.err);
}

void Process::wait_for_output(const std::string &text) {
    while (result_.err.find(text) == std::string::npos && result_.out.find(text) == std::string::npos) {
        if (out_ < 0 && err_ < 0)
            throw std::runtime_error(argv_[0] + " ended before it said '" + text + "': " + result_.out + result_.err);
        pump(100);
    }
}

void Process::read_for(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!has_closed_output() && std::chrono::steady_clock::now() < end) pump(1);
}

void Process::hang_up(int descriptor) {
    int &ours = descriptor == 1 ? out_ : err_;
    ::close(ours);
    ours = -1;
}

Result Process::wait() {
    while (out_ >= 0 || err_ >= 0) pump(100);
    int status = 0;
    if (::waitpid(pid_, &status, 0) < 0) fail("waitpid");
    reaped_ = true;
    result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result_;
}

Result run(const std::vector<std::string> &argv, const RunOptions &options) {
    return Process(argv, options).wait();
}

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "pcasctl-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) fail("mkdtemp " + name);
    path_ = name;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::filesystem::path &path, const std::string &bytes) {
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

std::string setting(const std::string &name) {
    const char *value = std::getenv(name.c_str());
    if (value == nullptr) throw std::runtime_error(name + " is not set: run the tests with meson test");
    return value;
}

} // namespace support
