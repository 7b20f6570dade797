// What the text of a value means, by type and bounds.
#include "value.hpp"

#include <doctest/doctest.h>

using namespace host;

namespace {

Option of(OptionType type) {
    return {.name = "x", .type = type};
}

Option between(OptionType type, const char *minimum, const char *maximum) {
    Option option = of(type);
    if (minimum != nullptr) option.minimum = parse_value(of(type), minimum);
    if (maximum != nullptr) option.maximum = parse_value(of(type), maximum);
    return option;
}

} // namespace

TEST_CASE("an integer is a whole number of 64 bits, and nothing else") {
    const Option integer = of(OptionType::integer);
    CHECK(parse_value(integer, "-5")->integer == -5);
    CHECK(parse_value(integer, "9223372036854775807")->integer == INT64_MAX);
    for (const char *wrong : {"", " 5", "5 ", "+5", "5.0", "0x5", "abc", "9223372036854775808", "--5", "1e3"})
        CHECK_MESSAGE(!parse_value(integer, wrong), wrong);
}

TEST_CASE("a number is finite") {
    const Option number = of(OptionType::number);
    CHECK(parse_value(number, "0.25")->number == 0.25);
    CHECK(parse_value(number, "-1e3")->number == -1000);
    for (const char *wrong : {"", "nan", "inf", "-inf", "1e999", "1,5", "1.5x"})
        CHECK_MESSAGE(!parse_value(number, wrong), wrong);
}

TEST_CASE("a duration has a unit and is kept in milliseconds") {
    const Option duration = of(OptionType::duration);
    CHECK(parse_value(duration, "250ms")->integer == 250);
    CHECK(parse_value(duration, "5s")->integer == 5'000);
    CHECK(parse_value(duration, "2m")->integer == 120'000);
    CHECK(parse_value(duration, "1h")->integer == 3'600'000);
    CHECK(parse_value(duration, "0")->integer == 0);
    CHECK(parse_value(duration, "5s")->text == "5s");
    for (const char *wrong :
         {"", "5", "s", "-5s", "5 s", "5S", "5d", "1.5s", "2562047788016h", "9223372036854775808ms"})
        CHECK_MESSAGE(!parse_value(duration, wrong), wrong);
}

TEST_CASE("a flag understands the usual words") {
    const Option flag = of(OptionType::flag);
    for (const char *yes : {"true", "1", "yes", "on"}) CHECK(parse_value(flag, yes)->flag);
    for (const char *no : {"false", "0", "no", "off"}) CHECK_FALSE(parse_value(flag, no)->flag);
    for (const char *wrong : {"", "2", "maybe", "TRUE"}) CHECK_MESSAGE(!parse_value(flag, wrong), wrong);
}

TEST_CASE("a choice is one of its values") {
    Option choice = of(OptionType::choice);
    choice.choices = {"text", "json"};
    CHECK(parse_value(choice, "json")->text == "json");
    CHECK_FALSE(parse_value(choice, "JSON"));
    CHECK(allowed_values(choice) == "one of text, json");
}

TEST_CASE("bounds are inclusive and are told in the words of the type") {
    const Option integer = between(OptionType::integer, "1", "100000");
    CHECK(parse_value(integer, "1"));
    CHECK(parse_value(integer, "100000"));
    CHECK_FALSE(parse_value(integer, "0"));
    CHECK_FALSE(parse_value(integer, "100001"));
    CHECK(allowed_values(integer) == "a whole number from 1 to 100000");
    CHECK(allowed_values(between(OptionType::integer, "1", nullptr)) == "a whole number of at least 1");

    const Option number = between(OptionType::number, nullptr, "0.5");
    CHECK(parse_value(number, "0.5"));
    CHECK_FALSE(parse_value(number, "0.51"));
    CHECK(allowed_values(number) == "a number of at most 0.5");

    const Option duration = between(OptionType::duration, "10ms", "1h");
    CHECK(parse_value(duration, "60m"));
    CHECK_FALSE(parse_value(duration, "61m"));
    CHECK(allowed_values(duration) == "a duration from 10ms to 1h (such as 250ms, 5s, 2m or 1h)");
}
