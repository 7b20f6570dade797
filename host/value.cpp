#include "value.hpp"

#include "escape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace host {
namespace {

// std::from_chars, and nothing left over. It knows no locale, so 1.5 is 1.5 everywhere.
template <class Number>
std::optional<Number> whole_text(std::string_view text) {
    Number number{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

std::optional<bool> parse_flag(std::string_view text) {
    constexpr std::array<std::string_view, 4> yes = {"true", "1", "yes", "on"};
    constexpr std::array<std::string_view, 4> no = {"false", "0", "no", "off"};
    if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), text) != no.end()) return false;
    return std::nullopt;
}

struct Unit {
    std::string_view suffix;
    std::int64_t milliseconds;
};
constexpr std::array<Unit, 4> units = {{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

std::optional<std::int64_t> parse_duration(std::string_view text) {
    if (text == "0") return 0;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = whole_text<std::int64_t>(text.substr(0, digits));
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit &known) { return known.suffix == text.substr(digits); });
    if (!count || unit == units.end()) return std::nullopt;
    if (*count > std::numeric_limits<std::int64_t>::max() / unit->milliseconds) return std::nullopt;
    return *count * unit->milliseconds;
}

bool within_bounds(const Option &option, const Value &value) {
    const auto below = [&](const Value &left, const Value &right) {
        return option.type == OptionType::number ? left.number < right.number : left.integer < right.integer;
    };
    return !(option.minimum && below(value, *option.minimum)) && !(option.maximum && below(*option.maximum, value));
}

// The value by its type alone; stores false in `understood` if the text is not of that type.
Value by_type(const Option &option, const std::string &text, bool &understood) {
    Value value{.text = text};
    const auto keep = [&understood](const auto &parsed, auto &place) {
        understood = parsed.has_value();
        if (parsed) place = *parsed;
    };
    switch (option.type) {
    case OptionType::string:
        understood = true;
        break;
    case OptionType::flag:
        keep(parse_flag(text), value.flag);
        break;
    case OptionType::integer:
        keep(whole_text<std::int64_t>(text), value.integer);
        break;
    case OptionType::number:
        keep(whole_text<double>(text), value.number);
        understood = understood && std::isfinite(value.number);
        break;
    case OptionType::duration:
        keep(parse_duration(text), value.integer);
        break;
    case OptionType::choice:
        understood = std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end();
        break;
    }
    return value;
}

} // namespace

std::optional<Value> parse_value(const Option &option, const std::string &text) {
    bool understood = false;
    Value value = by_type(option, text, understood);
    if (!understood || !within_bounds(option, value)) return std::nullopt;
    return value;
}

std::string allowed_range(const Option &option) {
    if (option.minimum && option.maximum)
        return fmt::format("from {} to {}", option.minimum->text, option.maximum->text);
    if (option.minimum) return fmt::format("at least {}", option.minimum->text);
    if (option.maximum) return fmt::format("at most {}", option.maximum->text);
    return {};
}

std::string allowed_values(const Option &option) {
    const std::string range = allowed_range(option);
    const std::string bounds = range.empty() ? "" : (option.minimum && option.maximum ? " " : " of ") + range;
    switch (option.type) {
    case OptionType::flag:
        return "true or false (also 1, 0, yes, no, on, off)";
    case OptionType::integer:
        return "a whole number" + bounds;
    case OptionType::number:
        return "a number" + bounds;
    case OptionType::duration:
        return "a duration" + bounds + " (such as 250ms, 5s, 2m or 1h)";
    case OptionType::choice:
        return escape(fmt::format("one of {}", fmt::join(option.choices, ", ")));
    case OptionType::string:
        break;
    }
    return "a text";
}

} // namespace host
