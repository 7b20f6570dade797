#include "chance.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace faults {
namespace {

int counted = 0;

std::mt19937_64 engine_for(const std::string &name, int round) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed()), static_cast<std::uint32_t>(seed() >> 32),
                           static_cast<std::uint32_t>(std::hash<std::string>()(name)),
                           static_cast<std::uint32_t>(round)};
    return std::mt19937_64(sequence);
}

int rounds(int usually) {
    const char *factor = std::getenv("PCASCTL_TEST_FAULT_ROUNDS");
    const double times = factor != nullptr ? std::strtod(factor, nullptr) : 1;
    if (times <= 0) throw std::runtime_error("PCASCTL_TEST_FAULT_ROUNDS has to be a number above 0");
    return static_cast<int>(std::ceil(usually * times));
}

} // namespace

std::uint64_t seed() {
    static const std::uint64_t the_seed = [] {
        const char *given = std::getenv("PCASCTL_TEST_SEED");
        return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    }();
    return the_seed;
}

void count_fault() {
    ++counted;
}

int counted_faults() {
    return counted;
}

Chance::Chance(const std::string &name, int round) : round_(round), engine_(engine_for(name, round)) {}

std::uint64_t Chance::between(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(engine_);
}

void in_rounds(const std::string &name, int usually, const std::function<void(Chance &)> &body) {
    for (int round = 0; round < rounds(usually); ++round) {
        Chance chance(name, round);
        INFO("seed ", seed(), ", round ", round, " of \"", name, "\"");
        body(chance);
    }
}

} // namespace faults
