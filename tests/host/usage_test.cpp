// Wrong usage is answered with one line on stderr, nothing on stdout, and exit code 2.
#include "program.hpp"

#include <doctest/doctest.h>

#include <string>

using support::Result;
using test::contains;
using test::Program;

namespace {

// What is said of wrong words; "" if anything else about the answer is not as it should be.
std::string usage_error(const Program &program, const std::vector<std::string> &words,
                        const support::RunOptions &options = {}) {
    const Result result = program.run(words, options);
    CAPTURE(result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out == "");
    CHECK(result.err.find('\n') == result.err.size() - 1);
    return result.err;
}

} // namespace

TEST_CASE("no command, or one that is not there") {
    const Program program({"hello"});
    CHECK(usage_error(program, {})
          == "pcasctl: a command is missing: pcasctl <command> [options]; 'pcasctl --help' lists them\n");
    const std::string end = " 'pcasctl --help' lists the commands, 'pcasctl plugins' where they are looked for\n";
    CHECK(usage_error(program, {"helo"}) == "pcasctl: unknown command 'helo'; did you mean hello?" + end);
    CHECK(usage_error(program, {"xyzzy"}) == "pcasctl: unknown command 'xyzzy';" + end);
    CHECK(usage_error(program, {"../hello"}) == "pcasctl: unknown command '../hello';" + end);
    CHECK(usage_error(program, {"plugins", "nwe"})
          == "pcasctl: unknown command 'plugins nwe'; did you mean plugins new?" + end);
    CHECK(usage_error(program, {"help", "pluginz"})
          == "pcasctl help: unknown command 'pluginz'; did you mean plugins?" + end);
    CHECK(usage_error(program, {""}) == "pcasctl: unknown command '';" + end);
}

TEST_CASE("wrong options and values") {
    const Program program({"hello", "tally"});
    CHECK(usage_error(program, {"hello", "--times", "abc"})
          == "pcasctl hello: --times: 'abc' is not a whole number from 1 to 1000\n");
    CHECK(usage_error(program, {"hello", "--times", "-5"})
          == "pcasctl hello: --times: '-5' is not a whole number from 1 to 1000\n");
    CHECK(usage_error(program, {"hello", "--time=3"})
          == "pcasctl hello: unknown option --time; did you mean --times?\n");
    CHECK(usage_error(program, {"hello", "a", "b"}) == "pcasctl hello: unexpected argument 'b'\n");
    CHECK(usage_error(program, {"tally"}) == "pcasctl tally: --file is required: give FILE or --file FILE\n");
    CHECK(usage_error(program, {"hello", "--output", "yaml"})
          == "pcasctl hello: --output: 'yaml' is not one of text, json\n");
    CHECK(usage_error(program, {"--output=text", "hello", "--output=json"})
          == "pcasctl hello: --output: given 2 times, but takes one value\n");
    CHECK(usage_error(program, {"hello", "-qv"})
          == "pcasctl hello: --quiet and --verbose contradict each other: give one of them\n");
    CHECK(usage_error(program, {"version", "x"}) == "pcasctl version: unexpected argument 'x'\n");
    CHECK(usage_error(program, {"--plugin-dir"}) == "pcasctl: --plugin-dir needs a value\n");
}

TEST_CASE("a wrong value from elsewhere says where it is from") {
    const Program program({"hello"});
    CHECK(usage_error(program, {"hello"}, {.environment = {{"PCASCTL_LOG_LEVEL", "loud"}}})
          == "pcasctl hello: --log-level: 'loud' is not one of trace, debug, info, warning, error, off (from "
             "PCASCTL_LOG_LEVEL)\n");
    const std::string config = (program.root() / "my.ini").string();
    support::write_file(config, "[pcasctl]\noutput = xml\n");
    CHECK(usage_error(program, {"hello", "--config", config})
          == "pcasctl hello: --output: 'xml' is not one of text, json (from " + config + ", section [pcasctl])\n");
    support::write_file(config, "[hello]\ntime = 5\n");
    CHECK(usage_error(program, {"hello", "--config", config})
          == "pcasctl hello: configuration file " + config
                 + ": unknown name 'time' in section [hello]; did you mean times?\n");
    support::write_file(config, "[helo]\ntimes = 5\n");
    const Result mistyped = program.run({"hello", "--config", config});
    CHECK(mistyped.exit_code == 0);
    CHECK_MESSAGE(
        contains(mistyped.err, "nobody reads section [helo] of the configuration file; did you mean [hello]?"),
        mistyped.err);
    support::write_file(config, "[pcasctl]\nconfig = other.ini\n");
    CHECK(usage_error(program, {"plugins", "--config", config})
          == "pcasctl plugins: configuration file " + config + ": unknown name 'config' in section [pcasctl]\n");
}
