// A link to a private server that a test has in its hands: the program in proxy/, started and told what to do.
#pragma once

#include "process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace support {

class Proxy {
public:
    // Leads to the server of `conninfo` (as a private server gives it). `options` as in proxy/main.cpp: {"--delay", "5"}.
    explicit Proxy(const std::string &conninfo, const std::vector<std::string> &options = {});

    // The same database as `conninfo`, by way of the proxy.
    std::string through(const std::string &conninfo) const;
    std::string through_tcp(const std::string &conninfo) const; // needs the option "--tcp"

    struct Status {
        int connections = 0;
        std::uint64_t bytes = 0; // that passed, both ways together
        std::uint64_t turns = 0; // that a client said something after it had heard something, or for the first time
        bool stalled = false;
        bool trap_set = false; // a cut or stall that is still to come
    };
    // One command, as in proxy/main.cpp: "cut", "stall 5000", "delay 2.5". It is done when this returns.
    Status tell(const std::string &command) const;
    Status status() const { return tell("status"); }

private:
    TempDir directory_;
    Process process_;
    std::string port_;
};

} // namespace support
