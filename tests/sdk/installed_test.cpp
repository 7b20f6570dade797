// What `meson install` installs: it works where it is moved to, and the author's guide holds, letter by letter, from there.
#include "process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

using support::Result;
using support::RunOptions;

namespace {

// Installed once, then moved: nothing may depend on the prefix that was configured.
const std::filesystem::path &installed_tree() {
    static const support::TempDir directory;
    static const std::filesystem::path tree = [] {
        const std::filesystem::path stage = directory / "stage";
        const Result result = support::run(
            {"meson", "install", "-C", support::setting("PCASCTL_TEST_BUILD"), "--no-rebuild", "--destdir", stage});
        if (result.exit_code != 0) throw std::runtime_error("meson install: " + result.out + result.err);
        std::filesystem::rename(stage.string() + support::setting("PCASCTL_TEST_PREFIX"), directory / "moved");
        return directory / "moved";
    }();
    return tree;
}

std::string program() {
    return installed_tree() / "bin" / "pcasctl";
}

// The guide's blocks of one language, in their order.
std::vector<std::string> snippets(const std::string &language) {
    const std::string guide = support::read_file(support::setting("PCASCTL_TEST_GUIDE"));
    const std::string begin = "```" + language + "\n";
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = guide.find(begin, at)) != std::string::npos;) {
        at += begin.size();
        const std::size_t end = guide.find("```", at);
        found.push_back(guide.substr(at, end - at));
        at = end;
    }
    return found;
}

// A newcomer's machine: the SDK is found by pkg-config, plugins are dropped into the user's own directory.
struct Newcomer {
    Newcomer() {
        how.directory = directory.path();
        how.environment["HOME"] = directory.path();
        how.environment["PATH"] = (installed_tree() / "bin").string() + ":" + support::setting("PATH");
        how.environment["PKG_CONFIG_PATH"] = installed_tree() / "share" / "pkgconfig";
        // The tree was moved; where it stays, its own file says where it is.
        how.environment["PKG_CONFIG"] = "pkg-config --define-prefix";
    }

    Result shell(std::string script) const {
        for (std::size_t at = 0; (at = script.find("$(pkg-config ", at)) != std::string::npos; at += 13)
            script.replace(at, 13, "$($PKG_CONFIG ");
        return support::run({"sh", "-euc", script}, how);
    }

    support::TempDir directory;
    RunOptions how;
};

} // namespace

TEST_CASE("the installed tree finds its plugins where it is moved to") {
    const Result result = support::run({program(), "plugins"});
    CHECK(result.exit_code == 0);
    CHECK_MESSAGE(result.out.find("ok     " + installed_tree().string()) != std::string::npos, result.out);
    CHECK(support::run({program(), "backfill", "--help"}).exit_code == 0);
}

TEST_CASE("the guide's plugin in C builds and runs as the guide says") {
    const Newcomer newcomer;
    support::write_file(newcomer.directory / "hello.c", snippets("c").at(0));
    const Result result = newcomer.shell(snippets("sh").at(0));
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(result.out == "Hello, Ada!\n");
}

TEST_CASE("the guide's plugin in C++ builds and runs, and exports its entry only") {
    const Newcomer newcomer;
    support::write_file(newcomer.directory / "hello.cpp", snippets("cpp").at(0));
    const Result built = newcomer.shell(snippets("sh").at(1) + "\nmkdir plugins && mv hello.so plugins/");
    REQUIRE_MESSAGE(built.exit_code == 0, built.err);
    const Result greeting = newcomer.shell("pcasctl --plugin-dir \"$PWD/plugins\" hello -n Grace");
    CHECK_MESSAGE(greeting.out == "Hello, Grace!\n", greeting.err);
    CHECK(newcomer.shell("nm -D --defined-only plugins/hello.so | cut -d' ' -f3").out == "pcasctl_plugin_1\n");
}
