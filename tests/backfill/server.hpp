// A stand-in for the PCAS server: a process of its own that has a sample file open, and the states of a file that one
// leaves behind.
#pragma once

#include "process.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace samples {

// Another process that has the file open, in WAL mode as the PCAS server has it, and does what it is told.
class Server {
public:
    explicit Server(const std::filesystem::path &path, const std::string &journal_mode = "WAL");
    ~Server(); // kills it if it still runs
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    void execute(const std::string &sql); // returns when it is committed; throws if it failed
    void stop();                          // closes the database, as a clean shutdown does
    void kill();                          // as a crash does

private:
    void end();

    int pid_ = -1;
    int commands_ = -1, answers_ = -1;
};

// SQL that inserts an event of this id.
std::string insert(const std::string &id);

// A directory with events.db of five events, 1 to 5, which nobody has open.
struct Sample {
    explicit Sample(bool wal);
    bool has(const char *suffix) const; // is there a file of this suffix beside it?

    support::TempDir directory;
    std::filesystem::path path = directory / "events.db";
};

// Leaves the directory as a crash of the server does: -wal and -shm are there, nobody has them open, and the events w0, w1
// and so on are in the WAL alone.
void crash_server_in(const Sample &sample, int events);

// Every file of a directory with its bytes and time of change, and the directory's own: to see that nothing was touched,
// nor made and removed again.
std::map<std::string, std::string> contents_of(const std::filesystem::path &directory);
std::string files_in(const std::filesystem::path &directory); // their names, in order

} // namespace samples
