// Plugins that are in order, run by the executable: results, options from every source, logging, help.
#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using support::Result;
using test::contains;
using test::Program;

TEST_CASE("a plugin in C gets its options and writes its result") {
    const Program program({"hello"});
    const Result result = program.run({"hello", "Ada", "--shout", "-n", "2"});
    CHECK(result.out == "HELLO, ADA!\nHELLO, ADA!\n");
    CHECK(result.err == "");
    CHECK(result.exit_code == 0);
}

TEST_CASE("a plugin in C++ counts files as text and as JSON, and reports the one that is not there") {
    const Program program({"tally"});
    support::write_file(program.root() / "a", "one two\nthree\n");
    const std::string file = (program.root() / "a").string();
    CHECK(program.run({"tally", file}).out == "2 3 14 " + file + "\n");
    const Result result = program.run({"tally", "--output", "json", "--only=words", "/nonexistent/x", file});
    CHECK(result.out == "{\"file\":\"" + file + "\",\"words\":3}\n");
    CHECK(contains(result.err, " error cannot read the file file=/nonexistent/x\n"));
    CHECK(result.exit_code == 1);
}

TEST_CASE("create, run and destroy are called in turn, and an unknown service is none") {
    const Program program({"lives"});
    CHECK(program.run({"-q", "lives"}).out == "create run destroy\n");
}

TEST_CASE("command line beats environment beats file beats default, through the executable") {
    const Program program({"hello"});
    const std::string config = (program.root() / "my.ini").string();
    support::write_file(config, "[hello]\nname = File\ntimes = 2\n[backfill]\nwild = 1\n");
    const std::map<std::string, std::string> environment = {{"PCASCTL_CONFIG", config}, {"HELLO_NAME", "Environment"}};
    CHECK(program.run({"hello"}).out == "Hello, world!\n");
    CHECK(program.run({"hello", "--config", config}).out == "Hello, File!\nHello, File!\n");
    CHECK(program.run({"--config", config, "hello", "-n1"}).out == "Hello, File!\n");
    CHECK(program.run({"hello", "-n1"}, {.environment = environment}).out == "Hello, Environment!\n");
    CHECK(program.run({"hello", "-n1", "Line"}, {.environment = environment}).out == "Hello, Line!\n");
}

TEST_CASE("the user's own configuration file is read, but not for help") {
    const Program program({"hello"});
    const std::string home = program.root().path().string();
    std::filesystem::create_directories(program.root() / ".config/pcasctl");
    support::write_file(program.root() / ".config/pcasctl/pcasctl.ini", "[hello]\nname = Home\n");
    CHECK(program.run({"hello"}, {.environment = {{"HOME", home}}}).out == "Hello, Home!\n");
    support::write_file(program.root() / ".config/pcasctl/pcasctl.ini", "nonsense");
    CHECK(program.run({"hello"}, {.environment = {{"HOME", home}}}).exit_code == 2);
    CHECK(program.run({"hello", "--help"}, {.environment = {{"HOME", home}}}).exit_code == 0);
}

TEST_CASE("messages in text have a time, a level and fields, stay one line and have no colour") {
    const Program program({"lives"});
    const Result result = program.run({"lives"});
    REQUIRE(result.err.size() > 24);
    CHECK(result.err.substr(4, 1) == "-");
    CHECK(result.err.substr(23) == "Z info  one\\x0atwo path=\"/a b\" odd=\\x1b[31m\\xff\n");
}

TEST_CASE("messages in JSON are one object each, also when the command fails") {
    const Program program({"lives"});
    const Result result = program.run({"lives", "--log-format", "json", "--fail", "run"});
    const std::size_t end = result.err.find('\n');
    const auto message = nlohmann::json::parse(result.err.substr(0, end));
    CHECK(message["level"] == "info");
    CHECK(message["command"] == "lives");
    CHECK(message["message"] == "one\ntwo");
    CHECK(message["path"] == "/a b");
    const auto failure = nlohmann::json::parse(result.err.substr(end));
    CHECK(failure["level"] == "error");
    CHECK(failure["command"] == "lives");
    CHECK(failure["message"] == "the disk is gone");
}

TEST_CASE("the level decides what is shown") {
    const Program program({"lives"});
    const auto is_shown = [&](const std::string &level, const std::vector<std::string> &words) {
        std::vector<std::string> all = {"lives", "--level", level};
        all.insert(all.end(), words.begin(), words.end());
        return contains(program.run(all).err, "one");
    };
    CHECK(is_shown("2", {}));
    CHECK_FALSE(is_shown("1", {}));
    CHECK(is_shown("1", {"-v"}));
    CHECK_FALSE(is_shown("0", {"-v"}));
    CHECK(is_shown("0", {"--log-level", "trace"}));
    CHECK_FALSE(is_shown("2", {"-q"}));
    CHECK(is_shown("3", {"-q"}));
    CHECK_FALSE(is_shown("3", {"--log-level", "error"}));
    CHECK_FALSE(is_shown("4", {"--log-level", "off"}));
}

TEST_CASE("the level of the environment holds, and what the command line says beats it") {
    const Program program({"lives"});
    const support::RunOptions off{.environment = {{"PCASCTL_LOG_LEVEL", "off"}}};
    CHECK(program.run({"lives"}, off).err == "");
    CHECK(contains(program.run({"lives", "-v"}, off).err, "info  one"));
}

TEST_CASE("a terminal gets colour, unless NO_COLOR or TERM=dumb forbids it") {
    const Program program({"lives"});
    // script(1) gives its command a terminal; its stdout is that terminal's content.
    const std::string script = "script -qec \"$PCASCTL lives\" /dev/null </dev/null";
    const std::string escape = "\x1b[";
    CHECK(contains(program.shell(script, {{"TERM", "xterm"}}).out, escape));
    CHECK_FALSE(contains(program.shell(script, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}).out, escape));
    CHECK_FALSE(contains(program.shell(script, {{"TERM", "dumb"}}).out, escape));
    CHECK(contains(program.shell(script, {{"TERM", "dumb"}}).out, "one\\x0atwo"));
}

TEST_CASE("help is on stdout, the same by each way to ask for it, and loads no plugin") {
    const Program program({"hello", "constructs"});
    const std::string help = program.run({"hello", "--help"}).out;
    CHECK(contains(help, "Usage: pcasctl hello [options] [NAME]\n"));
    CHECK(contains(help, "  -n, --times N             How often. (from 1 to 1000; default 1)\n"));
    CHECK(contains(help, "--log-level LEVEL"));
    CHECK(program.run({"help", "hello"}).out == help);
    CHECK(program.run({"--help", "hello"}).out == help);
    CHECK(program.run({"hello", "-h", "--times", "many"}).out == help);

    const std::string mark = (program.root() / "mark").string();
    const support::RunOptions marking{.environment = {{"MARK", mark}}};
    program.run({"constructs", "--help"}, marking);
    program.run({"--help"}, marking);
    program.run({"plugins"}, marking);
    program.run({"hello"}, marking);
    CHECK_FALSE(std::filesystem::exists(mark));
    program.run({"constructs"}, marking);
    CHECK(std::filesystem::exists(mark));
}

TEST_CASE("the overview lists the host's commands and the usable plugins, sorted, and counts the others") {
    const Program program({"tally", "hello", "no-entry"});
    const Result result = program.run({"--help"});
    const std::string &out = result.out;
    CHECK(result.exit_code == 0);
    CHECK(out.find("  hello ") < out.find("  help "));
    CHECK(out.find("  plugins ") < out.find("  tally "));
    CHECK_FALSE(contains(out, "  no-entry"));
    CHECK(contains(out, "1 plugin that is there cannot be used: 'pcasctl plugins' says why."));
    CHECK(program.run({"help"}).out == out);
}

TEST_CASE("the version is that of the program and of the ABI") {
    const Program program({});
    CHECK(program.run({"--version"}).out == "pcasctl 0.1.0 (plugin ABI 1.1)\n");
    CHECK(program.run({"version"}).out == program.run({"--version"}).out);
}

TEST_CASE("help and version are to be had where the configuration is wrong") {
    const Program program({"hello"});
    support::write_file(program.root() / "wrong.ini", "nonsense");
    const support::RunOptions wrong{
        .environment = {{"PCASCTL_CONFIG", (program.root() / "wrong.ini").string()}, {"PCASCTL_LOG_LEVEL", "loud"}}};
    for (const std::vector<std::string> &words : std::vector<std::vector<std::string>>{
             {"--help"}, {"help"}, {"help", "plugins"}, {"help", "hello"}, {"version"}, {"--version"}})
        CHECK(program.run(words, wrong).exit_code == 0);
    CHECK(program.run({"plugins"}, wrong).exit_code == 2);
}

TEST_CASE("a file that is dropped in is there at the next call") {
    const Program program({"hello"});
    CHECK(program.run({"tally", "/dev/null"}).exit_code == 2);
    std::filesystem::copy_file(test::built_plugin("tally"), program.file("tally"));
    CHECK(program.run({"tally", "/dev/null"}).exit_code == 0);
}
