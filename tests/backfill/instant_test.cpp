// Every way in which a time is written, and what looks like one and is not.
#include "instant.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string>

using namespace backfill;

namespace {

std::optional<std::int64_t> seconds(const ParsedTime &parsed) {
    if (const auto *instant = std::get_if<Instant>(&parsed)) return instant->unix_seconds;
    return std::nullopt;
}

std::string reason(const ParsedTime &parsed) {
    if (const auto *refused = std::get_if<RefusedTime>(&parsed)) return refused->reason;
    return "not refused";
}

constexpr std::int64_t reference = 1750928110; // 2025-06-26T08:55:10Z

std::string rfc3339(Instant instant) {
    std::string text;
    append_rfc3339(instant, text);
    return text;
}

} // namespace

TEST_CASE("each format of PCAS and its importers gives the instant it means") {
    struct Row {
        const char *text;
        std::int64_t expected;
    };
    const Row rows[] = {
        // mattn/go-sqlite3
        {"2025-06-26 08:55:10.123456789+00:00", reference},
        {"2025-06-26 08:55:10+00:00", reference},
        {"2025-06-26 16:55:10.5+08:00", reference},
        {"2025-06-26 03:25:10-05:30", reference},
        // modernc.org/sqlite: Go's time.Time.String()
        {"2025-06-26 08:55:10.123456789 +0000 UTC", reference},
        {"2025-06-26 08:55:10 +0000 UTC", reference},
        {"2025-06-26 16:55:10.123456789 +0800 CST m=+12.345678901", reference},
        {"2025-06-26 16:55:10.1 +0800 +08 m=-0.5", reference},
        {"2025-06-26 03:55:10 -0500 -05", reference},
        {"2025-06-26 14:25:10 +0530 IST", reference},
        // SQLite's CURRENT_TIMESTAMP
        {"2025-06-26 08:55:10", reference},
        // RFC 3339
        {"2025-06-26T08:55:10Z", reference},
        {"2025-06-26t08:55:10z", reference},
        {"2025-06-26T08:55:10", reference},
        {"2025-06-26 08:55:10Z", reference},
        {"2025-06-26T08:55:10.999999999999999999999999Z", reference},
        {"2025-06-26T10:55:10.1+02:00", reference},
        {"2025-06-26T08:55:10-00:00", reference},
        {"2025-06-27T08:54:10+23:59", reference},
        // digits
        {"1750928110", reference},
        {"1750928110.999", reference},
        {"1750928110123", reference},
        {"1750928110999.9", reference},
        {"0", 0},
        {"-1", -1},
        {"-1.5", -2},
        {"-0.1", -1},
        {"-1.0", -1},
        {"-100000000001", -100000001}, // milliseconds, floor
        {"99999999999", 99999999999},
        {"100000000000", 100000000},
        {"-99999999999.5", std::numeric_limits<std::int64_t>::min()}, // seconds, before the year 0: see below
        // the ends and bends of the calendar
        {"1969-12-31 23:59:59.5", -1},
        {"1970-01-01 00:00:00", 0},
        {"2024-02-29 00:00:00", 1709164800},
        {"2000-02-29T12:00:00Z", 951825600},
        {"0000-01-01T00:00:00Z", -62167219200},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"9999-12-31T23:59:59.999999+00:00", 253402300799},
    };
    for (const Row &row : rows) {
        CAPTURE(row.text);
        const ParsedTime parsed = parse_instant(row.text);
        if (row.expected == std::numeric_limits<std::int64_t>::min())
            CHECK(reason(parsed) == "time '-99999999999.5' is outside the years 0000 to 9999");
        else
            CHECK_MESSAGE(seconds(parsed) == row.expected, reason(parsed));
    }
}

TEST_CASE("a text that is not quite a time is refused") {
    const char *const texts[] = {
        "", " ", "now", "-", ".5", "5.", "+5", "1e9", "0x10", "1750928110 ", " 1750928110", "1_000", "--1", "1.2.3",
        "NaN", "inf",
        // no such day, hour, minute, second
        "2025-02-29 00:00:00", "2025-13-01 00:00:00", "2025-00-10 00:00:00", "2025-06-31 00:00:00",
        "2025-06-00 00:00:00", "1900-02-29T00:00:00Z", "2025-06-26T24:00:00Z", "2025-06-26T08:60:00Z",
        "2016-12-31T23:59:60Z",
        // no such shape
        "2025-06-26", "2025-06-26 08:55", "2025-6-26 08:55:10", "25-06-26 08:55:10", "2025/06/26 08:55:10",
        "2025-06-26  08:55:10", "2025-06-26_08:55:10", "2025-06-26T08:55:10.Z", "2025-06-26T08:55:10,5Z",
        "20250626T085510Z", "+2025-06-26T08:55:10Z", "-2025-06-26T08:55:10Z", "12025-06-26T08:55:10Z",
        "2025-06-26T-8:55:10Z",
        // around it
        " 2025-06-26T08:55:10Z", "2025-06-26T08:55:10Z ", "2025-06-26T08:55:10Z\n", "2025-06-26T08:55:10ZZ",
        "2025-06-26T08:55:10Z[UTC]",
        // no such offset
        "2025-06-26T08:55:10+24:00", "2025-06-26T08:55:10+08:60", "2025-06-26T08:55:10+8:00", "2025-06-26T08:55:10+08",
        "2025-06-26T08:55:10+0800", "2025-06-26T08:55:10+08:00:00", "2025-06-26 08:55:10 +0800",
        "2025-06-26 08:55:10 UTC", "2025-06-26 08:55:10 +08:00 CST", "2025-06-26 08:55:10 +2400 CST",
        "2025-06-26 08:55:10 +0800 ",
        // no such clock reading behind it
        "2025-06-26 08:55:10 +0800 CST m=", "2025-06-26 08:55:10 +0800 CST m=1", "2025-06-26 08:55:10 +0800 CST m=+",
        "2025-06-26 08:55:10 +0800 CST m=+1.", "2025-06-26 08:55:10 +0800 CST m=+1.5 ",
        "2025-06-26 08:55:10 +0800 CST x"};
    for (const char *text : texts) {
        CAPTURE(text);
        CHECK_FALSE(seconds(parse_instant(text)).has_value());
    }
    CHECK(reason(parse_instant("yesterday")).starts_with("time 'yesterday' is not in a known format"));
}

TEST_CASE("a time outside the years 0000 to 9999 is refused, so microseconds are not misread") {
    for (const char *text :
         {"1750928110123456", "-1750928110123456", "99999999999999999999999", "0000-01-01T00:00:00+00:01",
          "9999-12-31T23:59:59-00:01", "253402300800000", "9223372036854775807"}) {
        CAPTURE(text);
        CHECK(reason(parse_instant(text)).ends_with("is outside the years 0000 to 9999"));
    }
    CHECK(seconds(parse_instant("253402300799999")) == 253402300799);
}

TEST_CASE("integers are seconds or milliseconds") {
    CHECK(seconds(from_integer(reference)) == reference);
    CHECK(seconds(from_integer(reference * 1000 + 999)) == reference);
    CHECK(seconds(from_integer(-1)) == -1);
    CHECK(seconds(from_integer(-100'000'000'001)) == -100'000'001);
    CHECK(reason(from_integer(reference * 1'000'000)) == "time '1750928110000000' is outside the years 0000 to 9999");
    CHECK_FALSE(seconds(from_integer(std::numeric_limits<std::int64_t>::min())).has_value());
    CHECK_FALSE(seconds(from_integer(std::numeric_limits<std::int64_t>::max())).has_value());
}

TEST_CASE("real numbers are seconds or milliseconds, rounded down") {
    CHECK(seconds(from_real(1750928110.999)) == reference);
    CHECK(seconds(from_real(1750928110123.75)) == reference);
    CHECK(seconds(from_real(-0.25)) == -1);
    CHECK(seconds(from_real(-0.0)) == 0);
    CHECK(seconds(from_real(-100'000'000'000.5)) == -100'000'001);
    for (const double number : {1e300, -1e300, 1e16, std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        CAPTURE(number);
        CHECK_FALSE(seconds(from_real(number)).has_value());
    }
}

TEST_CASE("a long value is quoted short, and not cut within a character") {
    const std::string why = reason(parse_instant(std::string(63, 'x') + "\u00e9\u00e9" + std::string(1'000'000, 'y')));
    CHECK(why.starts_with("time '" + std::string(63, 'x') + "...'"));
    CHECK(why.size() < 200);
}

TEST_CASE("an instant is written as Go's time.RFC3339 in UTC") {
    CHECK(rfc3339({reference}) == "2025-06-26T08:55:10Z");
    CHECK(rfc3339({0}) == "1970-01-01T00:00:00Z");
    CHECK(rfc3339({-1}) == "1969-12-31T23:59:59Z");
    CHECK(rfc3339({-62167219200}) == "0000-01-01T00:00:00Z");
    CHECK(rfc3339({253402300799}) == "9999-12-31T23:59:59Z");
}

TEST_CASE("what is written is read back as the same instant, over ten thousand years") {
    for (std::int64_t second = -62167219200; second <= 253402300799; second += 86'399L * 97) {
        const std::string text = rfc3339({second});
        CAPTURE(text);
        REQUIRE(seconds(parse_instant(text)) == second);
    }
}
