// The text of --help.
#include "help.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;

namespace {

Manifest sample() {
    Option rows{.name = "rows",
                .short_name = 'n',
                .type = OptionType::integer,
                .value_name = "N",
                .help = "How many rows.",
                .environment = "ROWS",
                .group = "Speed"};
    rows.default_value = "10";
    rows.minimum = Value{.text = "1", .integer = 1};
    Option token{.name = "token", .value_name = "TOKEN", .help = "Who you are.", .secret = true};
    token.default_value = "hunter2";
    return {.command = "demo",
            .summary = "Show the help",
            .options =
                {{.name = "source", .short_name = 's', .value_name = "FILE", .help = "What to read.", .required = true},
                 rows,
                 token,
                 {.name = "files", .value_name = "FILE", .help = "Files.", .repeatable = true, .positional = true}},
            .examples = {{"Read it", "pcasctl demo -s x"}},
            .exit_codes = {{0, "done"}, {4, "four"}}};
}

} // namespace

TEST_CASE("help shows usage, options by group, facts, examples and exit codes") {
    CHECK(command_help(
              sample(), {},
              {{.name = "help", .short_name = 'h', .type = OptionType::flag, .help = "Help.", .group = "Common"}}, 80)
          == R"(Usage: pcasctl demo --source FILE [options] [FILE...]

Show the help.

Options:
  -s, --source FILE         What to read. (required)
      --token TOKEN         Who you are.
      --files FILE          Files. (repeatable)

Speed:
  -n, --rows N              How many rows. (at least 1; default 10; environment
                            ROWS)

Common:
  -h, --help                Help.

Examples:
  Read it
      pcasctl demo -s x

Exit codes:
  0       done
  4       four
)");
}

TEST_CASE("help is as wide as the terminal, from 80 to 120 columns") {
    Manifest manifest = sample();
    manifest.description = {std::string(30, 'a') + " " + std::string(60, 'b') + " " + std::string(40, 'c')};
    CHECK(command_help(manifest, {}, {}, 40).find(std::string(30, 'a') + "\n" + std::string(60, 'b') + "\n")
          != std::string::npos);
    CHECK(command_help(manifest, {}, {}, 100).find(std::string(30, 'a') + " " + std::string(60, 'b') + "\n")
          != std::string::npos);
    CHECK(command_help(manifest, {}, {}, 500).find(std::string(60, 'b') + "\n") != std::string::npos);
}

TEST_CASE("control characters of a manifest do not reach the terminal") {
    Manifest manifest = sample();
    manifest.description = {"red \x1b[31m"};
    manifest.options[0].help = "two\nlines";
    const std::string help = command_help(manifest, {}, {}, 80);
    CHECK(help.find('\x1b') == std::string::npos);
    CHECK(help.find("two\\x0alines") != std::string::npos);
}

TEST_CASE("text is wrapped at spaces, by characters and not by bytes") {
    CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrap("überübergroß x", 5) == std::vector<std::string>{"überübergroß", "x"});
    CHECK(wrap("üü üü", 5) == std::vector<std::string>{"üü üü"});
    CHECK(wrap("", 5) == std::vector<std::string>{""});
}

TEST_CASE("commands below the command are listed before its options") {
    CHECK(command_help(sample(), {{"demo new", "Make a new one"}}, {}, 80)
              .find("\n\nCommands:\n  demo new                  Make a new one\n\nOptions:\n")
          != std::string::npos);
    CHECK(command_help(sample(), {}, {}, 80).find("Commands:") == std::string::npos);
}

TEST_CASE("the overview counts the plugins that cannot be used") {
    CHECK(overview({{{"a", "Do a"}}, 0}, {}, 80).find("cannot be used") == std::string::npos);
    CHECK(overview({{}, 1}, {}, 80).find("1 plugin that is there cannot be used: 'pcasctl plugins' says why.")
          != std::string::npos);
    CHECK(overview({{}, 2}, {}, 80).find("2 plugins that are there cannot be used") != std::string::npos);
}
