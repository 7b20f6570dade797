// What the link that the proxy stands for is like at the moment. All connections share one, as they would a cable.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

using Clock = std::chrono::steady_clock;

struct Link {
    enum class Event { cut, stall };
    struct Trap { // what is to happen when so many bytes have passed
        std::uint64_t at;
        Event event;
    };

    Clock::duration delay{};  // each way
    double rate = 0;          // bytes a second, each way; 0 for as fast as it goes
    bool stalled = false;     // nothing passes, neither way
    bool cut = false;         // the trap said so: all connections are to be closed before anything else passes
    std::uint64_t passed = 0; // bytes handed on, both ways
    std::uint64_t turns = 0;  // that clients said something after they had heard something, or for the first time
    std::optional<Trap> trap;
    struct Stray { // an answer of so many statements, to somebody else, that comes before that to this turn
        std::uint64_t turn;
        int statements;
    };
    std::optional<Stray> stray;

    void set_delay(double milliseconds);
    // How many of these bytes may pass now?
    std::size_t admitted(std::size_t bytes) const;
    void pass(std::size_t bytes);
};

// One way of the link: when would bytes that enter it now come out? The rate decides when the last of them is on the
// cable, the delay how long the cable is. A delay alone limits no throughput.
class Lane {
public:
    Clock::time_point arrival(const Link &link, std::size_t bytes);

private:
    Clock::time_point free_at_{}; // when those before are all on the cable
};
