// Where and when faults strike: at random, but by a seed that is printed, so that a run can be had again.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <random>
#include <string>

namespace faults {

std::uint64_t seed(); // PCASCTL_TEST_SEED, or a new one

// Counts what was injected, for the line at the end of the run.
void count_fault();
int counted_faults();

class Chance {
public:
    // Each round of each case has its own sequence, so that it strikes in the same way whatever ran before.
    Chance(const std::string &name, int round);

    int round() const { return round_; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most);
    template <typename T>
    T one_of(std::initializer_list<T> values) {
        return *(values.begin() + between(0, values.size() - 1));
    }

private:
    int round_;
    std::mt19937_64 engine_;
};

// Calls `body` with the chance of each round: `usually` rounds in a quick run, PCASCTL_TEST_FAULT_ROUNDS times as many in
// others. A failure's message names the seed and the round, so that it can be had again.
void in_rounds(const std::string &name, int usually, const std::function<void(Chance &)> &body);

} // namespace faults
