// `pcasctl plugins`: what is there, where it is, and why it cannot be used.
#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <sys/stat.h>

using support::Result;
using test::contains;
using test::Program;
namespace fs = std::filesystem;

TEST_CASE("the table shows every file with its state, and reasons below") {
    const Program program({"hello", "other-abi"});
    const Program later({"hello"});
    const Result result =
        program.run({"plugins"}, {.environment = {{"PCASCTL_PLUGIN_PATH", later.directory().string() + ":here"}}});
    CHECK(result.exit_code == 0);
    CHECK(result.err == "");
    const std::string expected =
        "COMMAND    VERSION  ABI  STATE     FILE\n"
        "hello      1.0.0    1.1  ok        "
        + program.file("hello").string() + "\nhello      1.0.0    1.1  shadowed  " + later.file("hello").string()
        + "\n    shadowed by " + program.file("hello").string() + "\nother-abi  -        2.3  refused   "
        + program.file("other-abi").string()
        + "\n    needs ABI 2.3, this pcasctl 0.1.0 offers 1.1: install a newer pcasctl, or a build of the "
          "plugin for ABI 1\n\nSearched, in this order:\n  "
        + program.directory().string() + " (--plugin-dir): 2 plugins\n  " + later.directory().string()
        + " (PCASCTL_PLUGIN_PATH): 1 plugin\n  here (PCASCTL_PLUGIN_PATH): refused: is relative: "
          "PCASCTL_PLUGIN_PATH takes absolute directories only\n"
          "  /nonexistent/.local/share/pcasctl/plugins (user): not there\n";
    CHECK(result.out.substr(0, expected.size()) == expected);
    CHECK(contains(result.out.substr(expected.size()), " (system): "));
}

TEST_CASE("the same as JSON") {
    const Program program({"hello", "no-entry"});
    const auto json = nlohmann::json::parse(program.run({"plugins", "--output", "json"}).out);
    REQUIRE(json["plugins"].size() == 2);
    CHECK(json["plugins"][0]
          == nlohmann::json({{"command", "hello"},
                             {"version", "1.0.0"},
                             {"abi", "1.1"},
                             {"state", "ok"},
                             {"file", program.file("hello").string()},
                             {"origin", "--plugin-dir"}}));
    CHECK(json["plugins"][1]["state"] == "refused");
    CHECK(contains(json["plugins"][1]["reason"], "does not export the entry"));
    CHECK(json["search_path"][0]
          == nlohmann::json({{"directory", program.directory().string()},
                             {"origin", "--plugin-dir"},
                             {"state", "ok"},
                             {"plugins", 2}}));
    CHECK(json["search_path"][1]["state"] == "not there");
}

TEST_CASE("names that would play with the terminal are escaped, in JSON they stay what they are") {
    const Program program({});
    support::write_file(program.directory() / "a\x1b[2J\nb.so", "x");
    support::write_file(program.directory() / "\xff.so", "x");
    const std::string out = program.run({"plugins"}).out;
    CHECK(contains(out, "/a\\x1b[2J\\x0ab.so\n"));
    CHECK(contains(out, "/\\xff.so\n"));
    CHECK_FALSE(contains(out, "\x1b"));
    const auto json = nlohmann::json::parse(program.run({"plugins", "--output=json"}).out);
    CHECK(json["plugins"][0]["command"] == "a\x1b[2J\nb");
}

TEST_CASE("whatever lies in the directory, the listing has an answer and the good plugin works") {
    const Program program({"hello"});
    support::write_file(program.directory() / "text.so", "x");
    fs::create_directory(program.directory() / "folder.so");
    fs::create_symlink("circle.so", program.directory() / "circle.so");
    fs::create_symlink("gone", program.directory() / "dangling.so");
    REQUIRE(::mkfifo((program.directory() / "fifo.so").c_str(), 0644) == 0);
    const std::string out = program.run({"plugins"}).out;
    for (const char *reason :
         {"is not a shared library (ELF)", "is a directory, not a library", "is not a regular file",
          "/circle.so leads through too many symbolic links", "/gone: No such file or directory"})
        CHECK_MESSAGE(contains(out, reason), reason);
    CHECK(program.run({"hello"}).exit_code == 0);
}

TEST_CASE("the user's directory is searched") {
    const Program program({});
    const std::string data = program.root().path().string();
    fs::create_directories(program.root() / "pcasctl/plugins");
    fs::copy_file(test::built_plugin("hello"), program.root() / "pcasctl/plugins/hello.so");
    fs::permissions(program.root() / "pcasctl/plugins/hello.so", fs::perms(0755));
    CHECK(program.run({"hello"}, {.environment = {{"XDG_DATA_HOME", data}}}).out == "Hello, world!\n");
}
