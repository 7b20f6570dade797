// An environment made for a test.
#pragma once

#include "environment.hpp"

#include <map>
#include <string>
#include <utility>

namespace test {

inline host::Environment variables(std::map<std::string, std::string> entries) {
    return host::Environment(std::move(entries));
}

} // namespace test
