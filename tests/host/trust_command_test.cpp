// Whose plugins are run, and what a plugin cannot become: through the executable.
#include "program.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <unistd.h>

using support::Result;
using support::setting;
using test::contains;
using test::Program;
namespace fs = std::filesystem;

namespace {

std::string mend(const fs::path &path, const std::string &who) {
    return path.string() + " can be written by " + who + ": take that away with 'chmod go-w " + path.string() + "'\n";
}

// Somebody who is neither root nor the owner of what the test makes - unless the test itself is run by an ordinary
// user, who is then the one.
class OrdinaryUser {
public:
    OrdinaryUser() {
        if (::geteuid() != 0) return;
        // The build tree may be out of their reach.
        fs::copy_file(setting("PCASCTL_TEST_PCASCTL"), directory_ / "pcasctl");
        executable_ = directory_ / "pcasctl";
        prefix_ = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"};
    }

    Result run(const std::vector<std::string> &words) const {
        std::vector<std::string> all = prefix_;
        all.push_back(executable_.string());
        all.insert(all.end(), words.begin(), words.end());
        return support::run(all);
    }

private:
    support::TempDir directory_;
    fs::path executable_ = setting("PCASCTL_TEST_PCASCTL");
    std::vector<std::string> prefix_;
};

} // namespace

TEST_CASE("a plugin in a directory that others can write is refused, run, described or listed") {
    const Program program({"constructs"});
    const std::string mark = (program.root() / "mark").string();
    const support::RunOptions marking{.environment = {{"MARK", mark}}};
    fs::permissions(program.directory(), fs::perms(0777));
    const std::string reason = mend(program.directory(), "everybody");
    const std::string message = "pcasctl constructs: " + program.file("constructs").string() + ": " + reason;
    CHECK(program.run({"constructs"}, marking).err == message);
    CHECK(program.run({"constructs"}, marking).exit_code == 3);
    CHECK(program.run({"constructs", "--help"}).err == message);
    CHECK(contains(program.run({"plugins"}).out, " (--plugin-dir): refused: " + reason));
    CHECK_FALSE(fs::exists(mark));
    // What the message says helps.
    CHECK(program.shell("chmod go-w " + program.directory().string()).exit_code == 0);
    CHECK(program.run({"constructs"}, marking).exit_code == 0);
    CHECK(fs::exists(mark));
}

TEST_CASE("a symbolic link is as good as where it leads") {
    const Program program({});
    const fs::path place = program.root() / "place";
    fs::create_directory(place);
    fs::permissions(place, fs::perms(0755));
    fs::copy_file(test::built_plugin("hello"), place / "hello.so");
    fs::permissions(place / "hello.so", fs::perms(0755));
    fs::create_symlink("../place/hello.so", program.file("hello"));
    CHECK(program.run({"hello"}).out == "Hello, world!\n");
    fs::permissions(place, fs::perms(0775));
    CHECK(program.run({"hello"}).err
          == "pcasctl hello: " + program.file("hello").string() + ": " + mend(place, "its group"));
    fs::permissions(place, fs::perms(0755));

    const fs::path link = program.root() / "link";
    fs::create_directory_symlink(place, link);
    const std::string program_path = setting("PCASCTL_TEST_PCASCTL");
    CHECK(support::run({program_path, "--plugin-dir", link.string(), "hello"}).out == "Hello, world!\n");
    fs::permissions(place, fs::perms(0777));
    CHECK(contains(support::run({program_path, "--plugin-dir", link.string(), "hello"}).err, mend(place, "everybody")));
}

TEST_CASE("the working directory is not searched") {
    const Program program({"hello"});
    const std::string pcasctl = setting("PCASCTL_TEST_PCASCTL");
    for (const char *path : {"", ":", ".", "..:.", "plugins"}) {
        const Result result = support::run(
            {pcasctl, "hello"}, {.environment = {{"PCASCTL_PLUGIN_PATH", path}}, .directory = program.directory()});
        CHECK(result.exit_code == 2);
        CHECK(contains(result.err, "unknown command 'hello'"));
    }
}

TEST_CASE("ABI and version of the host are asked before any of the plugin's code runs") {
    const Program program({"other-abi", "newer-host", "constructs"});
    const std::string mark = (program.root() / "mark").string();
    const support::RunOptions marking{.environment = {{"MARK", mark}}};
    CHECK(contains(program.run({"other-abi"}, marking).err, "needs ABI 2.3, this pcasctl 0.1.0 offers "));
    CHECK(program.run({"newer-host"}, marking).err
          == "pcasctl newer-host: " + program.file("newer-host").string()
                 + ": needs pcasctl 999.1 or newer, this is pcasctl 0.1.0: install a newer pcasctl\n");
    CHECK(contains(program.run({"plugins"}).out, "\n    needs pcasctl 999.1 or newer"));
    CHECK_FALSE(fs::exists(mark));
    program.run({"constructs"}, marking);
    CHECK(fs::exists(mark));
}

TEST_CASE("a plugin cannot take the place of a command of the host's own") {
    const Program program({"constructs"});
    const std::string mark = (program.root() / "mark").string();
    const std::vector<std::string> own = {"help", "plugins", "version"};
    for (const std::string &name : own) fs::copy_file(program.file("constructs"), program.file(name));
    const support::RunOptions marking{.environment = {{"MARK", mark}}};
    for (const std::string &name : own) CHECK(program.run({name}, marking).exit_code == 0);
    CHECK_FALSE(fs::exists(mark));
    const std::string listing = program.run({"plugins"}).out;
    for (const std::string &name : own)
        CHECK(contains(listing, "'" + name + "' is a name that pcasctl keeps for itself: rename the command"));
}

TEST_CASE("of two plugins for one command the listing shows which is used, and where each comes from") {
    const Program first({"hello"}), second({"hello"});
    const auto listing =
        nlohmann::json::parse(first
                                  .run({"plugins", "--output", "json"},
                                       {.environment = {{"PCASCTL_PLUGIN_PATH", second.directory().string()}}})
                                  .out);
    REQUIRE(listing["plugins"].size() == 2);
    CHECK(listing["plugins"][0]["file"] == first.file("hello").string());
    CHECK(listing["plugins"][0]["origin"] == "--plugin-dir");
    CHECK(listing["plugins"][0]["state"] == "ok");
    CHECK(listing["plugins"][1]["state"] == "shadowed");
    CHECK(listing["plugins"][1]["origin"] == "PCASCTL_PLUGIN_PATH");
    CHECK(listing["plugins"][1]["shadowed_by"] == first.file("hello").string());
}

TEST_CASE("a directory without permission is named, and does not keep other plugins from working") {
    const OrdinaryUser user;
    const Program open({"hello"}), closed({"tally"});
    fs::permissions(closed.directory(), fs::perms::none);
    const std::string message = closed.directory().string();
    const Result listing = user.run({"--plugin-dir", open.directory().string(), "--plugin-dir", message, "plugins"});
    fs::permissions(closed.directory(), fs::perms(0755));
    CHECK(listing.exit_code == 0);
    CHECK_MESSAGE(contains(listing.out, message + " (--plugin-dir): refused: cannot be read: Permission denied\n"),
                  listing.out);
    CHECK(contains(listing.out, open.directory().string() + " (--plugin-dir): 1 plugin\n"));
}

TEST_CASE("a directory that can be entered, but not listed, serves the commands that are called") {
    const OrdinaryUser user;
    const Program program({"hello"});
    fs::permissions(program.directory(), fs::perms(0711));
    if (::geteuid() != 0) fs::permissions(program.directory(), fs::perms(0311));
    CHECK(user.run({"--plugin-dir", program.directory().string(), "hello"}).out == "Hello, world!\n");
    CHECK(contains(user.run({"--plugin-dir", program.directory().string(), "plugins"}).out,
                   "refused: cannot be read: Permission denied"));
    fs::permissions(program.directory(), fs::perms(0755));
}
