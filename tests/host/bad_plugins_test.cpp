// A plugin that breaks a rule gets one clear line about itself, and spoils nothing else.
#include "program.hpp"

#include <doctest/doctest.h>

#include <string>

using support::Result;
using test::Program;

namespace {

// Exit code and message of a run that fails in one line.
std::string failure(const Program &program, const std::vector<std::string> &words) {
    const Result result = program.run(words);
    CAPTURE(result.err);
    CHECK(result.err.find('\n') == result.err.size() - 1);
    return std::to_string(result.exit_code) + " " + result.err;
}

} // namespace

TEST_CASE("a plugin that cannot be used is named with the reason, and does not fall through to a later directory") {
    const Program program({"no-entry", "no-manifest", "other-abi", "hello"});
    support::write_file(program.directory() / "empty.so", "");
    const auto message = [&](const std::string &name, const std::string &reason) {
        return "3 pcasctl " + name + ": " + program.file(name).string() + ": " + reason + "\n";
    };
    CHECK(failure(program, {"empty"}) == message("empty", "is empty"));
    CHECK(failure(program, {"no-manifest"})
          == message("no-manifest", "is no pcasctl plugin: it holds no manifest (PCASCTL_MANIFEST)"));
    CHECK(failure(program, {"no-entry", "--help"})
          == message("no-entry", "has a manifest, but does not export the entry pcasctl_plugin_1 (PCASCTL_ENTRY)"));
    CHECK(failure(program, {"help", "other-abi"})
          == message("other-abi",
                     "needs ABI 2.3, this pcasctl 0.1.0 offers 1.1: install a newer pcasctl, or a build of the plugin "
                     "for ABI 1"));
    CHECK(program.run({"hello"}).exit_code == 0);

    const Program later({"hello"});
    support::write_file(program.file("hello"), "text");
    const Result result =
        program.run({"hello"}, {.environment = {{"PCASCTL_PLUGIN_PATH", later.directory().string()}}});
    CHECK(result.err == "pcasctl hello: " + program.file("hello").string() + ": is not a shared library (ELF)\n");
    CHECK(result.exit_code == 3);
}

TEST_CASE("of a plugin that cannot be loaded the dynamic linker's reason is told, and where to learn more") {
    const Program program({"untidy"});
    const std::string file = program.file("untidy").string();
    CHECK(failure(program, {"untidy"})
          == "3 pcasctl untidy: " + file + " cannot be loaded: " + file
                 + ": undefined symbol: function_of_some_other_library; 'pcasctl plugins check " + file
                 + "' may say more\n");
}

TEST_CASE("a plugin that others could write is not run") {
    const Program program({"constructs"});
    std::filesystem::permissions(program.file("constructs"), std::filesystem::perms(0775));
    const std::string file = program.file("constructs").string();
    const std::string mark = (program.root() / "mark").string();
    const Result result = program.run({"constructs"}, {.environment = {{"MARK", mark}}});
    CHECK(result.err
          == "pcasctl constructs: " + file + ": " + file
                 + " can be written by its group: take that away with 'chmod go-w " + file + "'\n");
    CHECK(result.exit_code == 3);
    CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE("an exception stops at the border, whichever function throws it") {
    const Program program({"throws"});
    CHECK(failure(program, {"throws", "--from", "create"})
          == "3 pcasctl throws: plugin bug: create threw an exception across the border\n");
    CHECK(failure(program, {"throws", "--from", "run"})
          == "3 pcasctl throws: plugin bug: run threw an exception across the border\n");
    CHECK(failure(program, {"throws", "--from", "destroy"})
          == "3 pcasctl throws: plugin bug: destroy threw an exception across the border\n");
}

TEST_CASE("a plugin that fails gives its reason, and is destroyed if it was created") {
    const Program program({"lives"});
    const auto fails = [&](const std::string &where) { return program.run({"-q", "lives", "--fail", where}); };
    CHECK(fails("create").err == "pcasctl lives: there is no such\\x0aserver\n");
    CHECK(fails("create").out == "create ");
    CHECK(fails("create").exit_code == 3);
    CHECK(fails("silently").err == "pcasctl lives: failed to start and gave no reason\n");
    CHECK(fails("run").err == "pcasctl lives: the disk is gone\n");
    CHECK(fails("run").out == "create run destroy\n");
    CHECK(fails("run").exit_code == 3);
}

TEST_CASE("exit codes up to 125 are the plugin's; others are not passed on") {
    const Program program({"returns"});
    for (const char *code : {"0", "1", "2", "77", "125"}) {
        const Result result = program.run({"returns", code});
        CHECK(result.exit_code == std::stoi(code));
        CHECK(result.err == "");
    }
    CHECK(failure(program, {"returns", "3"}) == "3 pcasctl returns: failed and gave no reason\n");
    CHECK(failure(program, {"returns", "200"})
          == "3 pcasctl returns: plugin bug: it returned 200, which is not an exit code from 0 to 125\n");
    CHECK(failure(program, {"returns", "--code", "-7"})
          == "3 pcasctl returns: plugin bug: it returned -7, which is not an exit code from 0 to 125\n");
    CHECK(failure(program, {"returns", "--code=-1"})
          == "3 pcasctl returns: plugin bug: it returned 'cancelled', but nobody cancelled it\n");
}

TEST_CASE("asking for an option that is not declared, or by the wrong type, fails the command") {
    const Program program({"asks"});
    CHECK(failure(program, {"asks"})
          == "3 pcasctl asks: plugin bug: it asked for the option 'knwon', which its manifest does not declare; did "
             "you mean "
             "known?\n");
    CHECK(failure(program, {"asks", "--as-integer"})
          == "3 pcasctl asks: plugin bug: it asked for the option 'known' as integer, which is not the type that its "
             "manifest "
             "declares\n");
}

TEST_CASE("an entry that is too short is not read beyond its end") {
    const Program program({"short-entry"});
    CHECK(failure(program, {"short-entry"})
          == "3 pcasctl short-entry: plugin bug: its entry says that it has 8 bytes, fewer than ABI 1.0 asks for\n");
}

TEST_CASE("a stdout that takes no more fails the command, the host's own too") {
    const Program program({"hello", "returns"});
    const std::string message = "cannot write the result to stdout: No space left on device\n";
    CHECK(program.shell("$PCASCTL hello >/dev/full").err == "pcasctl hello: " + message);
    CHECK(program.shell("$PCASCTL hello >/dev/full").exit_code == 3);
    CHECK(program.shell("$PCASCTL --help >/dev/full").err == "pcasctl: " + message);
    CHECK(program.shell("$PCASCTL plugins >/dev/full").exit_code == 3);
    CHECK(program.shell("$PCASCTL hello >&-").exit_code == 3);
    CHECK(program.shell("$PCASCTL returns 0 >/dev/full").exit_code == 0);
}

TEST_CASE("a reader that goes away, and a stderr that is gone, end nothing by a signal") {
    const Program program({"hello", "lives"});
    const std::string broken_pipe =
        "{ $PCASCTL hello -n 1000 2>\"$ERR\"; echo $? >\"$CODE\"; } | true; cat \"$CODE\" \"$ERR\"";
    const std::map<std::string, std::string> files = {{"ERR", (program.root() / "err").string()},
                                                      {"CODE", (program.root() / "code").string()}};
    // The reader may be quick or slow to go; what must never be seen is death by SIGPIPE.
    const std::string out = program.shell(broken_pipe, files).out;
    CHECK((out == "3\npcasctl hello: cannot write the result to stdout: Broken pipe\n" || out == "0\n"));
    CHECK(program.shell("$PCASCTL lives 2>&-").out == "create run destroy\n");
    CHECK(program.shell("$PCASCTL lives 2>/dev/full").exit_code == 0);
}
