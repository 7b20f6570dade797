// One value of an option, whose declaration is made up as well. Lines: type, minimum, maximum, the value.
#include "value.hpp"

#include "host_promises.hpp"

using namespace host;
using fuzz::expect;

namespace {

OptionType type_from(const std::string &line) {
    switch (line.empty() ? 's' : line[0]) {
    case 'f':
        return OptionType::flag;
    case 'i':
        return OptionType::integer;
    case 'n':
        return OptionType::number;
    case 'd':
        return OptionType::duration;
    default:
        return OptionType::string;
    }
}

void expect_within(const Option &option, const Value &value) {
    const auto at_most = [&](const Value &left, const Value &right) {
        return option.type == OptionType::number ? left.number <= right.number : left.integer <= right.integer;
    };
    if (option.minimum) expect(at_most(*option.minimum, value), "a value is at least the minimum", value.text);
    if (option.maximum) expect(at_most(value, *option.maximum), "a value is at most the maximum", value.text);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    std::vector<std::string> lines = fuzz::lines_of(fuzz::text_of(data, size));
    lines.resize(4);
    Option option{.type = type_from(lines[0])};
    const Option unbounded = option;
    option.minimum = parse_value(unbounded, lines[1]);
    option.maximum = parse_value(unbounded, lines[2]);

    const auto value = parse_value(option, lines[3]);
    if (!value) return 0;
    expect(value->text == lines[3], "the text is kept", value->text);
    expect_within(option, *value);
    if (option.type == OptionType::integer)
        expect(parse_value(unbounded, std::to_string(value->integer))->integer == value->integer,
               "a number's text is that number", value->text);
    if (option.type == OptionType::duration)
        expect(value->integer >= 0 && parse_value(unbounded, std::to_string(value->integer) + "ms").has_value(),
               "a duration in milliseconds is one", value->text);
    return 0;
}
