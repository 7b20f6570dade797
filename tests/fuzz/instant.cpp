// A time in any form: an instant within the years that RFC 3339 has, or a reason. What is written back means the same.
#include "instant.hpp"

#include "fuzz.hpp"

#include <cmath>
#include <cstring>
#include <optional>

using namespace backfill;
using fuzz::expect;

namespace {

std::optional<Instant> instant_of(const ParsedTime &parsed) {
    if (const auto *instant = std::get_if<Instant>(&parsed)) return *instant;
    const std::string &reason = std::get<RefusedTime>(parsed).reason;
    expect(!reason.empty() && reason.size() < 200, "a reason fits a line of the log", reason);
    return std::nullopt;
}

void expect_same_when_written(std::string_view text) {
    const auto instant = instant_of(parse_instant(text));
    if (!instant) return;
    std::string written;
    append_rfc3339(*instant, written);
    expect(written.size() == std::strlen("2006-01-02T15:04:05Z"), "RFC 3339 has one length", written);
    expect(instant_of(parse_instant(written)) == instant, "RFC 3339 means the same instant", written);
    // Larger ones are milliseconds.
    if (std::abs(instant->unix_seconds) < 100'000'000'000)
        expect(instant_of(from_integer(instant->unix_seconds)) == instant, "Unix seconds mean the same instant",
               written);
}

// SQLite's typing decides whether a number comes as text, as an integer or as a real one.
void expect_same_in_each_type(std::int64_t number) {
    const auto instant = instant_of(from_integer(number));
    const std::string text = std::to_string(number);
    expect(instant_of(parse_instant(text)) == instant, "an integer means the same as its digits", text);
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (number >= -exact && number <= exact)
        expect(instant_of(from_real(static_cast<double>(number))) == instant, "a real means the same as its digits",
               text);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    expect_same_when_written(fuzz::text_of(data, size));
    if (size >= sizeof(std::int64_t)) {
        std::int64_t number = 0;
        std::memcpy(&number, data, sizeof number);
        // Shifted, so that numbers of all sizes occur.
        expect_same_in_each_type(number >> (size % 64));
        double real = 0;
        std::memcpy(&real, data, sizeof real);
        instant_of(from_real(real));
    }
    return 0;
}
