// Whatever lies in a plugin directory: each file gets a clear answer, no file is run that nobody asked for, and the good
// plugin works as if it were alone.
#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <csignal>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <set>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>

using support::Result;
using test::contains;
using test::Program;
namespace fs = std::filesystem;

namespace {

// The state and the reason of each command in the listing, "ok" if there is none.
std::map<std::string, std::string> states(const Program &program, const support::RunOptions &options = {}) {
    const Result result = program.run({"plugins", "--output", "json"}, options);
    CHECK(result.exit_code == 0);
    CHECK(result.err == "");
    const auto listing = nlohmann::json::parse(result.out);
    std::map<std::string, std::string> all;
    for (const auto &plugin : listing["plugins"])
        all[plugin["command"]] = plugin.contains("reason") ? plugin["reason"] : plugin["state"];
    return all;
}

// Which files in a directory are opened while it looks, "." being the directory itself.
class OpenedFiles {
public:
    explicit OpenedFiles(const fs::path &directory) : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        REQUIRE(descriptor_ >= 0);
        REQUIRE(::inotify_add_watch(descriptor_, directory.c_str(), IN_OPEN) >= 0);
    }
    ~OpenedFiles() { ::close(descriptor_); }
    OpenedFiles(const OpenedFiles &) = delete;
    OpenedFiles &operator=(const OpenedFiles &) = delete;

    std::set<std::string> names() const {
        std::set<std::string> names;
        alignas(inotify_event) std::array<char, 65536> buffer;
        for (ssize_t length = 0; (length = ::read(descriptor_, buffer.data(), buffer.size())) > 0;) {
            for (ssize_t at = 0; at < length;) {
                inotify_event event;
                std::memcpy(&event, buffer.data() + at, sizeof event);
                names.insert(event.len == 0 ? "." : buffer.data() + at + sizeof event);
                at += static_cast<ssize_t>(sizeof event + event.len);
            }
        }
        return names;
    }

private:
    int descriptor_;
};

// A plugin whose manifest says what its file is called: `name` is as long as "hello".
std::string hello_called(const std::string &name) {
    std::string bytes = support::read_file(test::built_plugin("hello"));
    const std::string command = "\"command\": \"hello\"";
    const std::size_t at = bytes.find(command);
    REQUIRE(at != std::string::npos);
    return bytes.replace(at, command.size(), "\"command\": \"" + name + "\"");
}

std::string numbered(int number) {
    const std::string digits = std::to_string(number);
    return "p" + std::string(4 - digits.size(), '0') + digits;
}

} // namespace

TEST_CASE("damaged and foreign files get their reason, and the good plugin works") {
    const Program program({"hello"});
    const std::string whole = support::read_file(program.file("hello"));
    std::string other_machine = whole;
    const Elf64_Half machine = EM_AARCH64 + EM_S390; // neither is this machine's, whichever it is
    std::memcpy(other_machine.data() + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
    support::write_file(program.file("empty"), "");
    support::write_file(program.file("half"), whole.substr(0, whole.size() / 2));
    support::write_file(program.file("script"), "#!/bin/sh\nexit 0\n");
    support::write_file(program.file("other-machine"), other_machine);
    support::write_file(program.directory() / "with space.so", whole);
    support::write_file(program.directory() / "new\nline.so", whole);
    support::write_file(program.directory() / "\xff\xfe.so", whole);
    const auto found = states(program);
    const auto is = [&](const std::string &command, const std::string &reason) {
        CHECK_MESSAGE(found.at(command).rfind(reason, 0) == 0, command << ": " << found.at(command));
    };
    is("hello", "ok");
    is("empty", "is empty");
    is("half", "is truncated or damaged: copy it again, or reinstall the plugin");
    is("script", "is not a shared library (ELF)");
    is("other-machine", "is built for another machine (ELF machine ");
    is("with space", "is not called after a command");
    is("new\nline", "is not called after a command");
    CHECK(found.size() == 8);
    CHECK(program.run({"hello"}).out == "Hello, world!\n");
    CHECK(
        contains(program.run({"--help"}).out, "7 plugins that are there cannot be used: 'pcasctl plugins' says why."));
}

TEST_CASE("a file of a terabyte is judged by its beginning, or by what it says of itself") {
    const Program program({"hello"});
    const std::uintmax_t terabyte = std::uintmax_t{1} << 40;
    support::write_file(program.file("zeros"), "");
    support::write_file(program.file("hello"), hello_called("hello"));
    std::error_code error;
    fs::resize_file(program.file("zeros"), terabyte, error);
    if (!error) fs::resize_file(program.file("hello"), terabyte, error);
    if (error) return; // not on this file system
    CHECK(states(program)["zeros"] == "is not a shared library (ELF)");
    CHECK(states(program)["hello"] == "ok");
    CHECK(program.run({"hello"}).out == "Hello, world!\n");
}

TEST_CASE("looking at a plugin that does its worst when it is loaded is clean, and nothing of it is run") {
    const Program program({"hello", "unruly"});
    for (const char *deed : {"crash", "exit", "loop", "print", "complain", "flood", "chdir", "close"}) {
        CAPTURE(deed);
        const support::RunOptions unruly{.environment = {{"UNRULY", std::string("load ") + deed}}};
        const Result overview = program.run({"--help"}, unruly);
        CHECK(overview.exit_code == 0);
        CHECK(overview.err == "");
        CHECK(contains(overview.out, "\n  unruly                    Break a rule\n"));
        CHECK(program.run({"unruly", "--help"}, unruly).out == program.run({"help", "unruly"}).out);
        CHECK(states(program, unruly)["unruly"] == "ok");
        CHECK(program.run({"unruly", "--wrong"}, unruly).err == "pcasctl unruly: unknown option --wrong\n");
        CHECK(program.run({"hello"}, unruly).out == "Hello, world!\n");
    }
}

TEST_CASE("a plugin that ends the process is named by the host's last words") {
    const Program program({"unruly"});
    const std::string file = program.file("unruly").string();
    const auto last_words = [&](const std::string &end) {
        return "pcasctl unruly: its plugin " + file + " " + end + "; 'pcasctl plugins check " + file
               + "' may find the reason\n";
    };
    const auto run = [&](const std::string &when, std::vector<std::string> words = {}) {
        words.insert(words.begin(), "unruly");
        return program.run(words, {.environment = {{"UNRULY", when}}});
    };
    for (const char *when : {"load crash", "create crash", "run crash", "destroy crash", "end crash"}) {
        CHECK(run(when).err == last_words("crashed: Aborted"));
        CHECK(run(when).exit_code == 128 + SIGABRT);
    }
    for (const char *when : {"load exit", "create exit", "run exit", "destroy exit"}) {
        CHECK(run(when).err == last_words("ended the process by exit()"));
        CHECK(run(when).exit_code == 3);
    }
    const auto json = nlohmann::json::parse(run("run crash", {"--log-format", "json"}).err);
    CHECK(json["command"] == "unruly");
    CHECK(contains(json["message"], "crashed: Aborted"));
    CHECK(run("end exit").exit_code == 0);
    CHECK(run("run print").out == "Here I am!\n");
}

TEST_CASE("ten thousand files are listed, and cost the command that is called nothing") {
    const Program program({"hello"});
    for (int i = 0; i < 10000; ++i) support::write_file(program.file(numbered(i)), "not a plugin");
    const Result listing = program.run({"plugins"});
    CHECK(listing.exit_code == 0);
    CHECK(contains(listing.out, program.directory().string() + " (--plugin-dir): 10001 plugins\n"));
    CHECK(contains(listing.out, "p9999    -        -    refused  " + program.file("p9999").string()
                                    + "\n    is not a shared library (ELF)\n"));
    CHECK(contains(program.run({"--help"}).out, "10000 plugins that are there cannot be used"));
    const OpenedFiles opened(program.directory());
    CHECK(program.run({"hello"}).out == "Hello, world!\n");
    CHECK(opened.names() == std::set<std::string>{"hello.so"});
}

// Time would depend on the machine; what is opened does not.
TEST_CASE("with a thousand plugins, a command and its help open what they open with one: its own file") {
    const Program program({"hello"});
    const auto opened_by = [&](const std::vector<std::string> &words) {
        const OpenedFiles opened(program.directory());
        CHECK(program.run(words).exit_code == 0);
        return opened.names();
    };
    const std::set<std::string> own_file = {"hello.so"};
    const std::vector<std::vector<std::string>> commands = {{"hello"}, {"hello", "--help"}, {"help", "hello"}};
    for (const auto &words : commands) CHECK(opened_by(words) == own_file);
    for (int i = 0; i < 1000; ++i) {
        support::write_file(program.file(numbered(i)), hello_called(numbered(i)));
        fs::permissions(program.file(numbered(i)), fs::perms(0755));
    }
    for (const auto &words : commands) CHECK(opened_by(words) == own_file);
    CHECK(opened_by({"help", "plugins"}).empty());
    CHECK(opened_by({"--version"}).empty());
    CHECK(opened_by({"--help"}).size() == 1 + 1001);
    CHECK(program.run({"p0999", "--help"}).exit_code == 0);
}
