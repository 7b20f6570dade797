// Where and when faults strike: at random, but by a seed that is printed, so that a run can be had again.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace faults {

// How often each fault is injected: `usually` in a quick run, many times that in a long one (PCASCTL_TEST_FAULT_ROUNDS
// times).
int rounds(int usually);

std::uint64_t seed(); // PCASCTL_TEST_SEED, or a new one

// Counts what was injected, for the line at the end of the run.
void count_fault();
int counted_faults();

class Chance {
public:
    // Each round of each case has its own sequence, so that it strikes in the same way whatever ran before.
    Chance(const std::string &name, int round);

    std::uint64_t between(std::uint64_t least, std::uint64_t most);
    template <typename T>
    T one_of(std::initializer_list<T> values) {
        return *(values.begin() + between(0, values.size() - 1));
    }

private:
    std::mt19937_64 engine_;
};

} // namespace faults
