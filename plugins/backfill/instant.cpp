#include "instant.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

namespace backfill {
namespace {

constexpr std::int64_t first_second = -62'167'219'200; // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t least_milliseconds = 100'000'000'000;
constexpr std::size_t longest_quote = 64;

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

std::string quoted(std::string_view text) {
    if (text.size() <= longest_quote) return fmt::format("'{}'", text);
    std::size_t end = longest_quote;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end; // not in the middle of a character
    return fmt::format("'{}...'", text.substr(0, end));
}

RefusedTime not_a_time(std::string_view text) {
    return {
        fmt::format("time {} is not in a known format (such as 2025-06-26T08:55:10Z or Unix seconds)", quoted(text))};
}

ParsedTime within_years(std::int64_t seconds, std::string_view text) {
    if (seconds >= first_second && seconds <= last_second) return Instant{seconds};
    return RefusedTime{fmt::format("time {} is outside the years 0000 to 9999", quoted(text))};
}

// `magnitude` without its fraction decides the unit, so that the unit does not depend on which way we round.
ParsedTime from_floor(std::int64_t floor, bool milliseconds, std::string_view text) {
    return within_years(milliseconds ? floor_divide(floor, 1000) : floor, text);
}

bool is_milliseconds(std::int64_t truncated) {
    return truncated >= least_milliseconds || truncated <= -least_milliseconds;
}

// Takes parts off the front of a text. Each function says whether the part was there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    char front() const { return rest_.empty() ? '\0' : rest_.front(); }

    bool character(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool number(std::size_t digits, unsigned &value) {
        if (rest_.size() < digits) return false;
        value = 0;
        for (const char character : rest_.substr(0, digits)) {
            if (!is_digit(character)) return false;
            value = 10 * value + static_cast<unsigned>(character - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }

    std::string_view run_of(bool (*belongs)(char)) {
        std::size_t length = 0;
        while (length < rest_.size() && belongs(rest_[length])) ++length;
        const std::string_view run = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return run;
    }

private:
    std::string_view rest_;
};

ParsedTime parse_number(std::string_view text) {
    Scanner scanner(text);
    const bool negative = scanner.character("-");
    const std::string_view whole = scanner.run_of(is_digit);
    std::string_view fraction;
    if (scanner.character(".")) {
        fraction = scanner.run_of(is_digit);
        if (fraction.empty()) return not_a_time(text);
    }
    if (whole.empty() || !scanner.at_end()) return not_a_time(text);

    std::int64_t number = 0;
    if (std::from_chars(whole.data(), whole.data() + whole.size(), number).ec != std::errc())
        return within_years(std::numeric_limits<std::int64_t>::max(), text);
    if (negative) number = -number;
    const bool rounds_down = negative && fraction.find_first_not_of('0') != std::string_view::npos;
    return from_floor(rounds_down ? number - 1 : number, is_milliseconds(number), text);
}

// The day and time of day, without an offset: false if they are not there or not in the calendar.
bool scan_civil_time(Scanner &scanner, std::int64_t &seconds) {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool shape = scanner.number(4, year) && scanner.character("-") && scanner.number(2, month)
                       && scanner.character("-") && scanner.number(2, day) && scanner.character(" Tt")
                       && scanner.number(2, hour) && scanner.character(":") && scanner.number(2, minute)
                       && scanner.character(":") && scanner.number(2, second);
    if (!shape || hour > 23 || minute > 59 || second > 59) return false;
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                              std::chrono::day(day)};
    if (!date.ok()) return false;
    seconds =
        (sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + std::chrono::seconds(second)).count();
    return true;
}

bool scan_offset(Scanner &scanner, bool colon, std::int64_t &offset) {
    const bool west = scanner.front() == '-';
    unsigned hours = 0, minutes = 0;
    if (!scanner.character("+-") || !scanner.number(2, hours)) return false;
    if (colon && !scanner.character(":")) return false;
    if (!scanner.number(2, minutes) || hours > 23 || minutes > 59) return false;
    const std::int64_t seconds = hours * 3600 + minutes * 60;
    offset = west ? -seconds : seconds;
    return true;
}

// Behind Go's numeric offset: the zone's abbreviation, and " m=+12.345" if the time came straight from the clock.
bool scan_go_tail(Scanner &scanner) {
    const auto is_not_space = [](char character) { return character != ' '; };
    if (!scanner.character(" ") || scanner.run_of(is_not_space).empty()) return false;
    if (scanner.at_end()) return true;
    if (!scanner.character(" ") || !scanner.character("m") || !scanner.character("=") || !scanner.character("+-"))
        return false;
    if (scanner.run_of(is_digit).empty()) return false;
    return !scanner.character(".") || !scanner.run_of(is_digit).empty();
}

bool scan_zone(Scanner &scanner, std::int64_t &offset) {
    if (scanner.at_end() || scanner.character("Zz")) return true;
    if (scanner.character(" ")) return scan_offset(scanner, false, offset) && scan_go_tail(scanner);
    return scan_offset(scanner, true, offset);
}

} // namespace

ParsedTime parse_instant(std::string_view text) {
    // A date has its first dash at the fifth place; a number has one at the first or none.
    if (text.size() <= 4 || text[4] != '-') return parse_number(text);
    Scanner scanner(text);
    std::int64_t seconds = 0, offset = 0;
    if (!scan_civil_time(scanner, seconds)) return not_a_time(text);
    if (scanner.character(".") && scanner.run_of(is_digit).empty()) return not_a_time(text);
    if (!scan_zone(scanner, offset) || !scanner.at_end()) return not_a_time(text);
    return within_years(seconds - offset, text);
}

ParsedTime from_integer(std::int64_t number) {
    return from_floor(number, is_milliseconds(number), std::to_string(number));
}

ParsedTime from_real(double number) {
    constexpr double limit = 9.2e18; // anything near it is refused anyway; below it the conversion is defined
    const std::string text = fmt::format("{}", number);
    if (std::isnan(number)) return not_a_time(text);
    if (std::abs(number) >= limit) return within_years(std::numeric_limits<std::int64_t>::max(), text);
    return from_floor(static_cast<std::int64_t>(std::floor(number)), is_milliseconds(static_cast<std::int64_t>(number)),
                      text);
}

void append_rfc3339(Instant instant, std::string &text) {
    using namespace std::chrono;
    const sys_seconds point{seconds(instant.unix_seconds)};
    const sys_days midnight = floor<days>(point);
    const year_month_day date(midnight);
    const auto second_of_day = static_cast<unsigned>((point - midnight).count());

    const std::size_t start = text.size();
    text += "0000-00-00T00:00:00Z";
    const auto put = [&](std::size_t last, unsigned value) {
        for (; value > 0; value /= 10) text[start + last--] = static_cast<char>('0' + value % 10);
    };
    put(3, static_cast<unsigned>(static_cast<int>(date.year())));
    put(6, static_cast<unsigned>(date.month()));
    put(9, static_cast<unsigned>(date.day()));
    put(12, second_of_day / 3600);
    put(15, second_of_day / 60 % 60);
    put(18, second_of_day % 60);
}

} // namespace backfill
