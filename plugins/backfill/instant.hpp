// A point in time, and every way in which PCAS and its importers have written one down.
//
// Reading is strict: what could be meant in two ways, or is no time at all, is refused with a reason. A time that is
// wrong by a factor of a thousand, or by a silently dropped offset, would hide an event from every search by time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace backfill {

// Whole seconds are all that metadata holds, so the fraction is not kept: this is the floor.
struct Instant {
    std::int64_t unix_seconds;
    bool operator==(const Instant &) const = default;
};

struct RefusedTime {
    std::string reason; // quotes the value, cut to a length that fits a log line
};

using ParsedTime = std::variant<Instant, RefusedTime>;

// 2025-06-26 08:55:10[.fraction][offset], the same with T or t (RFC 3339), Go's Time.String(), and decimal digits with
// or without a fraction, read as from_integer() reads them. No offset means UTC.
ParsedTime parse_instant(std::string_view text);

// Unix seconds; milliseconds if the magnitude is 10^11 or more (seconds of that size are past the year 5000,
// milliseconds below it are before the spring of 1973). What then falls out of the years 0000 to 9999, such as
// microseconds, is refused.
ParsedTime from_integer(std::int64_t number);
ParsedTime from_real(double number);

// 2006-01-02T15:04:05Z. The instant has to be in the years 0000 to 9999, as every parsed one is.
void append_rfc3339(Instant instant, std::string &text);

} // namespace backfill
