// A server that belongs to one test program: started by one of the scripts beside this file, in a directory of its own,
// reached through a socket there. It ends with the object, and soon after the program if that is killed.
#pragma once

#include "process.hpp"

#include <string>
#include <vector>

namespace support {

class PrivateServer {
public:
    // Starts `script` with `arguments` behind the directory. Throws std::runtime_error with the script's words if that
    // fails.
    explicit PrivateServer(std::string script, std::vector<std::string> arguments = {});
    ~PrivateServer();
    PrivateServer(const PrivateServer &) = delete;
    PrivateServer &operator=(const PrivateServer &) = delete;

    const std::string &conninfo() const { return conninfo_; } // keywords: host=... port=... user=... dbname=...

    void stop();
    void crash(); // at once, as a power cut would
    void start(); // again, after stop() or crash(), with what it keeps on disk

private:
    std::vector<std::string> command(const std::string &verb) const;

    TempDir directory_;
    std::string script_;
    std::vector<std::string> arguments_;
    std::string conninfo_;
};

} // namespace support
