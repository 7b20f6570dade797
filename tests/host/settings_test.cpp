// Which source an option's value comes from, and the messages about wrong values.
#include "common_options.hpp"
#include "error_of.hpp"
#include "settings.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;
using test::error_of;
using test::variables;

namespace {

Option number_of_rows() {
    Option option{.name = "rows", .type = OptionType::integer, .value_name = "N", .environment = "ROWS"};
    option.default_value = "10";
    option.minimum = Value{.text = "1", .integer = 1};
    option.maximum = Value{.text = "99", .integer = 99};
    return option;
}

struct Case {
    std::vector<Option> options = {number_of_rows()};
    std::vector<Given> given = {};
    Environment environment = variables({});
    ConfigFile file = {};

    Settings settings() const { return resolve(options, {given, environment, file}, "x"); }
    std::string error() const {
        return error_of([&] { settings(); });
    }
};

ConfigFile file_with(std::vector<ConfigEntry> entries) {
    return {"/etc/x.ini", std::move(entries)};
}

} // namespace

TEST_CASE("command line beats environment beats file beats default") {
    const Environment environment = variables({{"ROWS", "30"}});
    const ConfigFile file = file_with({{"x", "rows", "20"}, {"other", "rows", "wild"}});
    const auto rows = [](const Case &c) {
        const Settings settings = c.settings();
        const Setting &setting = settings.at("rows");
        return std::to_string(static_cast<int>(setting.source)) + ":" + std::to_string(setting.values.at(0).integer);
    };
    CHECK(rows({.given = {{"rows", "40"}}, .environment = environment, .file = file}) == "1:40");
    CHECK(rows({.environment = environment, .file = file}) == "2:30");
    CHECK(rows({.file = file}) == "3:20");
    CHECK(rows({}) == "4:10");
    CHECK(rows({.environment = variables({{"ROWS", ""}}), .file = file}) == "3:20");
}

TEST_CASE("a wrong value is told with the option, the value, what is allowed and where it came from") {
    CHECK(Case{.given = {{"rows", "abc"}}}.error() == "2: --rows: 'abc' is not a whole number from 1 to 99");
    CHECK(Case{.environment = variables({{"ROWS", "100"}})}.error()
          == "2: --rows: '100' is not a whole number from 1 to 99 (from ROWS)");
    CHECK(Case{.file = file_with({{"x", "rows", "0"}})}.error()
          == "2: --rows: '0' is not a whole number from 1 to 99 (from /etc/x.ini, section [x])");
    CHECK(Case{.given = {{"rows", "\x1b[2J"}}}.error() == "2: --rows: '\\x1b[2J' is not a whole number from 1 to 99");
}

TEST_CASE("a secret is never shown") {
    Option option = number_of_rows();
    option.secret = true;
    CHECK(Case{.options = {option}, .environment = variables({{"ROWS", "hunter2"}})}.error()
          == "2: --rows: the value is not a whole number from 1 to 99 (from ROWS)");
}

TEST_CASE("a mistyped choice is answered with the nearest one") {
    Option option{.name = "form", .type = OptionType::choice, .choices = {"text", "json"}};
    CHECK(Case{.options = {option}, .given = {{"form", "jsno"}}}.error()
          == "2: --form: 'jsno' is not one of text, json; did you mean json?");
}

TEST_CASE("values of a repeatable option add up within the winning source only") {
    Option option{.name = "tag", .repeatable = true};
    const ConfigFile file = file_with({{"x", "tag", "f1"}, {"x", "tag", "f2"}});
    const auto texts = [&](const Case &c) {
        std::string text;
        const Settings settings = c.settings();
        for (const Value &value : settings.at("tag").values) text += value.text + " ";
        return text;
    };
    CHECK(texts({.options = {option}, .given = {{"tag", "a"}, {"tag", "b"}}, .file = file}) == "a b ");
    CHECK(texts({.options = {option}, .file = file}) == "f1 f2 ");
}

TEST_CASE("an option that takes one value cannot be given two, but a flag may be repeated") {
    CHECK(Case{.given = {{"rows", "1"}, {"rows", "2"}}}.error() == "2: --rows: given 2 times, but takes one value");
    CHECK(Case{.file = file_with({{"x", "rows", "1"}, {"x", "rows", "2"}})}.error()
          == "2: --rows: given 2 times, but takes one value (from /etc/x.ini, section [x])");
    const Option flag{.name = "dry", .type = OptionType::flag};
    CHECK(Case{.options = {flag}, .given = {{"dry", "true"}, {"dry", "true"}}}.error() == "no error");
}

TEST_CASE("a required option may come from any source; if it comes from none, the sources are named") {
    Option option{.name = "postgres", .value_name = "URI", .required = true, .environment = "PG_DSN"};
    CHECK(Case{.options = {option}}.error() == "2: --postgres is required: give --postgres URI, or set PG_DSN");
    CHECK(Case{.options = {option}, .environment = variables({{"PG_DSN", "x"}})}.error() == "no error");
    CHECK(Case{.options = {option}, .file = file_with({{"x", "postgres", "x"}})}.error() == "no error");
    Option file{.name = "file", .value_name = "FILE", .required = true, .positional = true};
    CHECK(Case{.options = {file}}.error() == "2: --file is required: give FILE or --file FILE");
    CHECK(Case{.options = {file, option}}.error()
          == "2: --file is required: give FILE or --file FILE; --postgres is required: give --postgres URI, or set "
             "PG_DSN");
}

TEST_CASE(
    "an unknown name in the own section is refused with the nearest one, in another section it is not looked at") {
    CHECK(Case{.file = file_with({{"x", "row", "1"}})}.error()
          == "2: configuration file /etc/x.ini: unknown name 'row' in section [x]; did you mean rows?");
    CHECK(Case{.file = file_with({{"y", "row", "1"}})}.error() == "no error");
}

TEST_CASE("a section that is named nearly as the own one is noticed, and a table of it") {
    const ConfigFile file = file_with({{"hello", "x", "1"},
                                       {"hello.x", "x", "1"},
                                       {"helo", "x", "1"},
                                       {"helo", "y", "1"},
                                       {"hallo.friends", "x", "1"},
                                       {"tally", "x", "1"}});
    CHECK(sections_like("hello", file) == std::vector<std::string>{"helo", "hallo"});
    CHECK(sections_like("pcasctl", file).empty());
}

TEST_CASE("of --quiet, --verbose and --log-level the one from the stronger source counts") {
    const auto common = [](const std::vector<Given> &given, const Environment &environment, const ConfigFile &file) {
        return common_from(resolve(common_options(), {given, environment, file}, "pcasctl"));
    };
    const ConfigFile quiet_file = file_with({{"pcasctl", "quiet", "on"}});
    CHECK(common({}, variables({}), {}).log_level == LogLevel::info);
    CHECK(common({}, variables({}), quiet_file).log_level == LogLevel::warning);
    CHECK(common({}, variables({{"PCASCTL_LOG_LEVEL", "trace"}}), quiet_file).log_level == LogLevel::trace);
    CHECK(common({{"verbose", "true"}}, variables({{"PCASCTL_LOG_LEVEL", "off"}}), quiet_file).log_level
          == LogLevel::debug);
    CHECK(common({}, variables({}), file_with({{"pcasctl", "quiet", "off"}})).log_level == LogLevel::info);
    CHECK(error_of([&] {
              common({{"quiet", "true"}, {"verbose", "true"}}, variables({}), {});
          })
          == "2: --quiet and --verbose contradict each other: give one of them");
}
