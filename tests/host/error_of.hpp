// The error that ends a run, as a value to compare with.
#pragma once

#include "error.hpp"

#include <string>

namespace test {

// "<exit code>: <message>" of the Error that `action` throws; "no error" if it throws none.
template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const host::Error &error) {
        return std::to_string(error.exit_code()) + ": " + error.what();
    }
    return "no error";
}

} // namespace test
