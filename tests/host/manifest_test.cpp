// What a manifest may say, and what is said of one that says something else.
#include "manifest.hpp"
#include "version.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;

namespace {

const std::string head = R"({"command": "x", "version": "1", "summary": "Do x")";

std::string refusal_of(const std::string &json) {
    const auto parsed = parse_manifest(json);
    const auto *refusal = std::get_if<Refusal>(&parsed);
    return refusal != nullptr ? refusal->reason : "none";
}

// The refusal of a manifest with these options, without the words that all refusals share.
std::string wrong(const std::string &options) {
    const std::string reason = refusal_of(head + R"(, "options": [)" + options + "]}");
    const std::string shared = "its manifest is not in order: ";
    return reason.rfind(shared, 0) == 0 ? reason.substr(shared.size()) : reason;
}

std::string option(const std::string &members) {
    return R"({"name": "n", "help": "h", )" + members + "}";
}

} // namespace

TEST_CASE("a manifest is read whole, and members that are unknown are passed over") {
    const auto parsed = parse_manifest(R"json({
        "command": "back-fill2", "version": "1.2.3", "summary": "Fill",
        "description": ["One.", "Two."], "later": {"a": [1]},
        "options": [
            {"name": "batch-size", "short": "b", "type": "integer", "value": "N", "help": "How many.",
             "default": "100", "env": "B_1", "minimum": 1, "maximum": 100000, "group": "Speed", "later": true},
            {"name": "files", "help": "Files.", "positional": true, "repeatable": true, "required": true,
             "complete": "file"},
            {"name": "token", "help": "Token.", "secret": true}
        ],
        "examples": [{"text": "Try it", "command": "pcasctl back-fill2"}],
        "exit_codes": [{"code": 4, "meaning": "four"}],
        "environment": [{"name": "HOME", "meaning": "Home."}], "files": [{"path": "~/x", "meaning": "An x."}],
        "see_also": ["sqlite3(1)", "printf(3posix)"]})json");
    REQUIRE(std::holds_alternative<Manifest>(parsed));
    const auto &manifest = std::get<Manifest>(parsed);
    CHECK(manifest.command == "back-fill2");
    CHECK(manifest.description == std::vector<std::string>{"One.", "Two."});
    REQUIRE(manifest.options.size() == 3);
    const Option &batch = manifest.options[0];
    CHECK(batch.short_name == 'b');
    CHECK(batch.type == OptionType::integer);
    CHECK(batch.default_value == "100");
    CHECK(batch.environment == "B_1");
    CHECK(batch.maximum->integer == 100'000);
    CHECK(batch.group == "Speed");
    CHECK(manifest.options[1].value_name == "FILES");
    CHECK(manifest.options[1].complete == Completion::file);
    CHECK(manifest.options[1].required);
    CHECK(manifest.options[2].secret);
    CHECK(manifest.options[2].group == "Options");
    CHECK(manifest.examples.at(0).command == "pcasctl back-fill2");
    CHECK(manifest.exit_codes.at(0).code == 4);
    CHECK(manifest.environment.at(0).name == "HOME");
    CHECK(manifest.files.at(0).meaning == "An x.");
    CHECK(manifest.see_also.at(1) == PageReference{"3posix", "printf"});
}

TEST_CASE("what is no manifest is refused with the place") {
    CHECK(refusal_of("") == "its manifest is not in order: the manifest is not JSON (at byte 1)");
    CHECK(refusal_of("{\"command\": \"x\",}")
          == "its manifest is not in order: the manifest is not JSON (at byte 17, in '\"command\": \"x\",}')");
    CHECK(refusal_of("[]") == "its manifest is not in order: the manifest: must be an object");
    CHECK(refusal_of("{}") == "its manifest is not in order: command: is missing");
    CHECK(refusal_of(R"({"command": 5})") == "its manifest is not in order: command: must be a text");
    CHECK(refusal_of(R"({"command": ""})") == "its manifest is not in order: command: is empty");
    CHECK(refusal_of(R"({"command": "x", "version": "a\u0000b"})")
          == "its manifest is not in order: version: holds a NUL character");
    CHECK(refusal_of(head + R"(, "options": {}})") == "its manifest is not in order: options: must be an array");
    CHECK(refusal_of(head + R"(, "description": "one"})")
          == "its manifest is not in order: description: must be an array");
    CHECK(refusal_of(head + R"(, "description": [1]})")
          == "its manifest is not in order: description[0]: must be a text");
    CHECK(refusal_of(head + R"(, "exit_codes": [{"code": 256, "meaning": "m"}]})")
          == "its manifest is not in order: exit_codes[0].code: is not from 0 to 255");
    CHECK(refusal_of(head + R"(, "see_also": ["ls.1", ".Sh x"]})")
          == "its manifest is not in order: see_also: 'ls.1' is no manual page such as psql(1)");
    CHECK(refusal_of("{\"command\": \"\xff\"}").find("is not JSON") != std::string::npos);
}

TEST_CASE("where a manifest is not JSON, some thirty characters of it are shown, none of them in part") {
    const auto shown = [](const std::string &before, const std::string &after) {
        const std::string reason = refusal_of(R"({"command": "x", "version": ")" + before + "\"\n?" + after);
        return reason.substr(reason.find("(at"));
    };
    CHECK(shown("", std::string(100, 'z')) == "(at byte 32, in ' \"version\": \"\"\\x0a?zzzzzzzzzzzzzz')");
    CHECK(shown("ääääääää", "€") == "(at byte 48, in 'ääääää\"\\x0a?€')");
    CHECK(refusal_of("{\"a\": \"\xff\xff\"}").find("(at byte 8, in '{\"a\": \"\\xff\\xff\"}')") != std::string::npos);
}

TEST_CASE("what is written in an unusual way is read all the same") {
    const auto read = [](const std::string &json) {
        const auto parsed = parse_manifest(json);
        REQUIRE_MESSAGE(std::holds_alternative<Manifest>(parsed), json);
        return std::get<Manifest>(parsed);
    };
    CHECK(read("\xef\xbb\xbf" + head + "}").summary == "Do x");
    CHECK(read(head + R"(, "later": 100000000000000000000})").unknown_members == std::vector<std::string>{"later"});
    const auto option = read(head + R"(, "options": [{"name": "n", "help": "h", "type": "number",
        "maximum": 100000000000000000000}]})")
                            .options.at(0);
    CHECK(option.maximum->number == 1e20);
}

TEST_CASE("of two members with one name the last counts, and an unknown one is told once") {
    const auto parsed = parse_manifest(R"({"command": 5, "zz": 1, "command": "x", "version": "1", "summary": "a",
        "summary": "b", "aa": 1, "zz": 2})");
    REQUIRE(std::holds_alternative<Manifest>(parsed));
    CHECK(std::get<Manifest>(parsed).summary == "b");
    CHECK(std::get<Manifest>(parsed).unknown_members == std::vector<std::string>{"aa", "zz"});
    CHECK(refusal_of(R"({"command": "x", "command": 5})") == "its manifest is not in order: command: must be a text");
}

TEST_CASE("a manual page has a name and a section") {
    for (const char *good : {"psql(1)", "printf(3posix)", "a.b_c+d-e(8)", "2to3(1)"})
        CHECK_MESSAGE(refusal_of(head + R"(, "see_also": [")" + good + "\"]}") == "none", good);
    for (const char *bad : {"", "()", "psql", "psql()", "(1)", "psql(0)", "psql(11)", "psql(1A)", "psql(1) ",
                            "psql(1)(2)", "psql((1)", ".psql(1)", "ä(1)", "psql(1abcdefghij)"})
        CHECK_MESSAGE(refusal_of(head + R"(, "see_also": [")" + bad + "\"]}").find("is no manual page")
                          != std::string::npos,
                      bad);
    CHECK(refusal_of(head + R"(, "see_also": [")" + std::string(64, 'a') + "(1)\"]}") == "none");
    CHECK(refusal_of(head + R"(, "see_also": [")" + std::string(65, 'a') + "(1)\"]}") != "none");
}

TEST_CASE("a manifest that is nested deeply is refused before it is built") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    CHECK(refusal_of(head + ", \"later\": " + deep + "}")
          == "its manifest is not in order: the manifest is nested too deeply");
    // The manifest itself is one object, and what is empty has no depth.
    const auto nested = [](std::size_t depth) {
        return head + ", \"later\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK(refusal_of(nested(16)) == "none");
    CHECK(refusal_of(nested(17)) == "its manifest is not in order: the manifest is nested too deeply");
}

TEST_CASE("names of commands and options are lower case letters, digits and inner dashes") {
    for (const char *good : {"x", "2", "a-b", "a--b", "backfill2"}) CHECK_MESSAGE(is_name(good), good);
    for (const char *bad : {"", "-a", "a-", "A", "a_b", "a.b", "a/b", "..", "ä", "a b"})
        CHECK_MESSAGE(!is_name(bad), bad);
    CHECK(is_name(std::string(64, 'a')));
    CHECK_FALSE(is_name(std::string(65, 'a')));
    CHECK(
        refusal_of(R"({"command": "Back\nfill", "version": "1", "summary": "s"})")
        == "its manifest is not in order: command: 'Back\\x0afill' is not made of lower case letters, digits and inner "
           "dashes, at most 64");
}

TEST_CASE("the host's own options cannot be declared, long or short") {
    CHECK(wrong(R"({"name": "help", "help": "h"})") == "options[0].name: --help is one of pcasctl's own options");
    CHECK(wrong(R"({"name": "plugin-dir", "help": "h"})")
          == "options[0].name: --plugin-dir is one of pcasctl's own options");
    CHECK(wrong(option(R"("short": "q")")) == "options[0].short: -q is one of pcasctl's own options");
}

TEST_CASE("an option that is declared twice is refused") {
    CHECK(wrong(option("\"short\": \"a\"") + R"(, {"name": "n", "help": "h"})")
          == "options[1].name: --n is declared twice");
    CHECK(wrong(option("\"short\": \"a\"") + R"(, {"name": "m", "help": "h", "short": "a"})")
          == "options[1].short: -a is declared twice");
}

TEST_CASE("a wrong member of an option is named") {
    CHECK(wrong(R"({"name": "n"})") == "options[0].help: is missing");
    CHECK(wrong("5") == "options[0]: must be an object");
    CHECK(wrong(option(R"("short": "ab")")) == "options[0].short: 'ab' is not one letter or digit");
    CHECK(wrong(option(R"("type": "int")")) == "options[0].type: 'int' is not known");
    CHECK(wrong(option(R"("required": "yes")")) == "options[0].required: must be true or false");
    CHECK(wrong(option(R"("env": "A B")")) == "options[0].env: 'A B' is no name of an environment variable");
    CHECK(wrong(option(R"("complete": "host")")) == "options[0].complete: 'host' is not known");
    CHECK(wrong(option(R"("default": 5)")) == "options[0].default: must be a text");
}

TEST_CASE("a default must be a value that the option allows") {
    CHECK(wrong(option(R"("type": "integer", "minimum": 1, "default": "0")"))
          == "options[0].default: '0' is not a whole number of at least 1");
    CHECK(wrong(option(R"("type": "choice", "choices": ["a"], "default": "b")"))
          == "options[0].default: 'b' is not one of a");
    CHECK(wrong(option(R"("required": true, "default": "a")"))
          == "options[0].default: is of no use to a required option");
    CHECK(wrong(option(R"("secret": true, "type": "integer", "default": "hunter2")"))
          == "options[0].default: the value is not a whole number");
}

TEST_CASE("bounds and choices must go with the type") {
    CHECK(wrong(option(R"("minimum": 1)")) == "options[0].minimum: goes with an integer, a number or a duration only");
    CHECK(wrong(option(R"("type": "integer", "minimum": "1")")) == "options[0].minimum: must be a whole number");
    CHECK(wrong(option(R"("type": "integer", "maximum": 9223372036854775808)"))
          == "options[0].maximum: must be a whole number");
    CHECK(wrong(option(R"("type": "integer", "minimum": 5, "maximum": 4)"))
          == "options[0].minimum: is above the maximum");
    CHECK(wrong(option(R"("type": "duration", "maximum": "ten")"))
          == "options[0].maximum: must be a duration such as \"10s\"");
    CHECK(wrong(option(R"("type": "choice")")) == "options[0].choices: is missing or empty");
    CHECK(wrong(option(R"("choices": ["a"])")) == "options[0].choices: goes with a choice only");
    CHECK(wrong(option(R"("type": "choice", "choices": ["a", "a"])")) == "options[0].choices: names a value twice");
    CHECK(wrong(option(R"("type": "flag", "repeatable": true)")) == "options[0].repeatable: does not go with a flag");
    CHECK(wrong(option(R"("type": "flag", "positional": true)")) == "options[0].positional: does not go with a flag");
}

TEST_CASE("a repeatable positional option must be the last positional one") {
    const std::string files = R"({"name": "files", "help": "h", "positional": true, "repeatable": true})";
    CHECK(wrong(files + ", " + option(R"("positional": true)"))
          == "options[1].positional: --files before it is repeatable and takes all that follows");
    CHECK(wrong(option(R"("positional": true)") + ", " + files) == "none");
}

TEST_CASE("members that no reader asked for are kept with their place and the nearest name") {
    const auto parsed = parse_manifest(head + R"(, "sumary": 1, "options": [{"name": "n", "help": "h", "defualt": "x"}],
        "exit_codes": [{"code": 1, "meaning": "m", "later": 2}]})");
    REQUIRE(std::holds_alternative<Manifest>(parsed));
    CHECK(std::get<Manifest>(parsed).unknown_members
          == std::vector<std::string>{"options[0].defualt; did you mean default?", "exit_codes[0].later",
                                      "sumary; did you mean summary?"});
}

TEST_CASE("the oldest pcasctl that a plugin works with is a version") {
    CHECK(refusal_of(head + R"(, "requires": "1.2"})") == "none");
    for (const char *version : {"1.x", "1.2.3.4", ">= 1", "-1", "1.", "v1", "99999999999"})
        CHECK_MESSAGE(refusal_of(head + ", \"requires\": \"" + version + "\"}")
                          == "its manifest is not in order: requires: '" + std::string(version)
                                 + "' is no version of pcasctl, such as 1.2.0",
                      version);
}

TEST_CASE("versions are compared number by number") {
    CHECK(*parse_version("1.10") > *parse_version("1.9.9"));
    CHECK(*parse_version("1") == *parse_version("1.0.0"));
    CHECK(*parse_version("0.1.0") < *parse_version("0.1.1"));
    CHECK_FALSE(parse_version(""));
}
