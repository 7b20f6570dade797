#include "server.hpp"

#include "sample_databases.hpp"

#include <fmt/format.h>

#include <csignal>
#include <fcntl.h>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace samples {
namespace {

// The child's life: one line a command, one byte an answer. Ends with the pipe.
[[noreturn]] void serve(const std::filesystem::path &path, const std::string &journal_mode, int commands, int answers) {
    {
        SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
        database.exec("PRAGMA journal_mode = " + journal_mode);
        const auto answer = [answers](char result) {
            if (::write(answers, &result, 1) != 1) ::_exit(1);
        };
        answer('.');
        std::string command;
        for (char character = 0; ::read(commands, &character, 1) == 1;) {
            if (character != '\0') {
                command += character;
                continue;
            }
            answer(database.tryExec(command) == SQLite::OK ? '.' : '!');
            command.clear();
        }
    }
    ::_exit(0);
}

std::string status_of(const std::filesystem::path &path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return fmt::format("{}.{} {:o} {} ", status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_mode, status.st_ino);
}

} // namespace

Server::Server(const std::filesystem::path &path, const std::string &journal_mode) {
    int commands[2], answers[2];
    if (::pipe2(commands, O_CLOEXEC) != 0 || ::pipe2(answers, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
        ::close(commands[1]);
        ::close(answers[0]);
        serve(path, journal_mode, commands[0], answers[1]);
    }
    ::close(commands[0]);
    ::close(answers[1]);
    commands_ = commands[1];
    answers_ = answers[0];
    char ready = 0;
    if (::read(answers_, &ready, 1) != 1) throw std::runtime_error("the server process did not start");
}

Server::~Server() {
    kill();
}

void Server::execute(const std::string &sql) {
    const std::size_t length = sql.size() + 1; // its NUL ends the command
    if (::write(commands_, sql.c_str(), length) != static_cast<ssize_t>(length)) throw std::runtime_error("write");
    char answer = 0;
    if (::read(answers_, &answer, 1) != 1 || answer != '.') throw std::runtime_error("the server could not: " + sql);
}

void Server::stop() {
    end();
}

void Server::kill() {
    if (pid_ >= 0) ::kill(pid_, SIGKILL);
    end();
}

void Server::end() {
    if (pid_ < 0) return;
    ::close(commands_);
    ::close(answers_);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

std::map<std::string, std::string> contents_of(const std::filesystem::path &directory) {
    std::map<std::string, std::string> contents{{".", status_of(directory)}};
    for (const auto &entry : std::filesystem::directory_iterator(directory))
        contents[entry.path().filename()] = status_of(entry.path()) + support::read_file(entry.path());
    return contents;
}

std::string files_in(const std::filesystem::path &directory) {
    std::set<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
    return fmt::format("{}", fmt::join(names, " "));
}

std::string insert(const std::string &id) {
    return fmt::format("INSERT INTO events (id, type, source, specversion, time) "
                       "VALUES ('{}', 't', 's', '1.0', '2025-06-26T08:55:10Z')",
                       id);
}

Sample::Sample(bool wal) {
    SampleDatabase database(path);
    if (wal) database.wal();
    database.create_events();
    for (const char *id : {"1", "2", "3", "4", "5"}) database.add({id});
}

bool Sample::has(const char *suffix) const {
    return std::filesystem::exists(path.native() + suffix);
}

void crash_server_in(const Sample &sample, int events) {
    Server server(sample.path);
    for (int event = 0; event < events; ++event) server.execute(insert(fmt::format("w{}", event)));
    server.kill();
    if (!sample.has("-wal") || !sample.has("-shm")) throw std::runtime_error("the crash left no -wal or no -shm");
}

} // namespace samples
