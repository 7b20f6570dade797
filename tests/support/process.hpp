// Runs a program as a user would, and keeps what it said. Header and source are used by every test that touches a
// binary.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace support {

struct Result {
    int exit_code = -1; // 128 + signal if a signal ended it, as a shell says it
    std::string out;
    std::string err;
};

struct RunOptions {
    std::map<std::string, std::string> environment = {}; // added to ours; see run() for what is taken away
    std::string input = {};
    std::filesystem::path directory = {}; // ours if empty
    std::chrono::seconds limit{120}; // then it is killed and the test fails: generous, no test waits for it to pass
};

// Runs argv[0] (looked up in PATH) and waits. The environment is ours without PCASCTL_*, PG*, NO_COLOR and XDG_*, with
// HOME at an empty directory, so that a test does not depend on who runs it. Throws std::runtime_error if the program
// cannot be started or takes too long.
Result run(const std::vector<std::string> &argv, const RunOptions &options = {});

// A running program, for tests that send signals or look while it works.
class Process {
public:
    explicit Process(const std::vector<std::string> &argv, const RunOptions &options = {});
    ~Process(); // kills it if it still runs
    Process(const Process &) = delete;
    Process &operator=(const Process &) = delete;

    void signal(int number) const;
    // Reads until `text` has appeared on stderr (or stdout); throws if the program ends or the limit passes first.
    void wait_for_output(const std::string &text);
    // Reads what it says in that time, and less if it ends before.
    void read_for(std::chrono::milliseconds time);
    bool has_closed_output() const { return out_ < 0 && err_ < 0; } // which a program does at its end
    const Result &so_far() const { return result_; }                // without an exit code
    // Nobody reads its stdout (1) or stderr (2) any more.
    void hang_up(int descriptor);
    Result wait();
    int pid() const { return pid_; }

private:
    void pump(int timeout_ms);

    std::vector<std::string> argv_;
    std::chrono::steady_clock::time_point deadline_;
    int pid_ = -1;
    int out_ = -1, err_ = -1;
    Result result_;
    bool reaped_ = false;
};

// What execvp() wants: they point into the strings, and a null pointer comes last.
std::vector<char *> pointers(const std::vector<std::string> &strings);

// A directory under TMPDIR, readable by all (PostgreSQL may run as another user), removed at the end.
class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir &) = delete;
    TempDir &operator=(const TempDir &) = delete;

    const std::filesystem::path &path() const { return path_; }
    std::filesystem::path operator/(const std::string &name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

void write_file(const std::filesystem::path &path, const std::string &bytes);
std::string read_file(const std::filesystem::path &path);

// The value of an environment variable that tests/meson.build sets; throws if it is missing.
std::string setting(const std::string &name);

} // namespace support
