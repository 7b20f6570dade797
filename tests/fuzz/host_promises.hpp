// What the host promises of every text that it shows, whoever wrote the file that it is about.
#pragma once

#include "error.hpp"
#include "escape.hpp"
#include "fuzz.hpp"

#include <pcasctl/plugin.h>

namespace fuzz {

// Not empty, valid UTF-8, and nothing in it that ends the line or moves the cursor.
inline void expect_line(const std::string &text) {
    expect(!text.empty(), "a message says something");
    expect(host::escape(text) == text, "a message is one clean line", text);
}

inline void expect_wrong_usage(const host::Error &error) {
    expect(error.exit_code() == PCASCTL_EXIT_USAGE, "wrong usage is exit code 2", error.what());
    expect_line(error.what());
}

} // namespace fuzz
