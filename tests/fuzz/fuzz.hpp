// What the fuzzers share. Each is one file with one function, which libFuzzer calls with bytes that it made up. It feeds
// them to a parser and expects promises to hold of whatever comes back; a broken one ends the program, and libFuzzer
// keeps the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size); // NOLINT: libFuzzer's name

namespace fuzz {

// Stands in an input where a secret may stand. No message may hold it.
inline constexpr std::string_view secret = "s3cr3t";

inline std::string_view text_of(const std::uint8_t *data, std::size_t size) {
    return {reinterpret_cast<const char *>(data), size};
}

inline void expect(bool holds, const char *promise, std::string_view shown = {}) {
    if (holds) return;
    std::cerr << "broken promise: " << promise << ": " << shown << std::endl;
    std::abort();
}

inline void expect_no_secret(std::string_view message) {
    expect(message.find(secret) == std::string_view::npos, "no secret in a message", message);
}

// What is between the newlines: always one more than there are of these.
inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
        lines.emplace_back(text.substr(0, end));
    lines.emplace_back(text);
    return lines;
}

} // namespace fuzz
