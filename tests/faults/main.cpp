#include "chance.hpp"

#include <doctest/doctest.h>

#include <iostream>

int main(int argc, char **argv) {
    std::cout << "seed: " << faults::seed() << " (PCASCTL_TEST_SEED gives the same again)" << std::endl;
    const int result = doctest::Context(argc, argv).run();
    std::cout << "faults injected: " << faults::counted_faults() << std::endl;
    return result;
}
