// `pcasctl plugins new`, followed to the letter: what it writes builds, passes its own test and runs, by the commands
// that it says.
#include "newcomer.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

using support::Result;
using test::Newcomer;

namespace {

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

// The newcomer types, one after the other, what they are told to.
std::string follow(const Newcomer &newcomer, const std::string &new_command) {
    const auto told = nlohmann::json::parse(newcomer.must(new_command + " --output json"));
    std::string script = "set -e\n";
    for (const auto &line : told["next"]) script += "{ " + line.get<std::string>() + "; } || exit 1\n";
    return newcomer.must(script);
}

} // namespace

TEST_CASE("in each language and with each build system the project builds, passes its test and shows its help") {
    const Newcomer newcomer;
    for (const char *language : {"c", "c++"}) {
        for (const char *build : {"meson", "cmake"}) {
            CAPTURE(language);
            CAPTURE(build);
            const std::string directory = std::string(language) + " and " + build;
            const std::string out = follow(newcomer, std::string("pcasctl plugins new say-hi --lang ") + language
                                                         + " --build " + build + " --directory '" + directory + "'");
            CHECK_MESSAGE(contains(out, "Usage: pcasctl say-hi [options] [NAME]"), out);
            CHECK(newcomer.must("pcasctl --plugin-dir '" + directory + "/build' say-hi Ada -t 2")
                  == "Hello, Ada!\nHello, Ada!\n");
            CHECK(newcomer.exports_of("'" + directory + "/build/say-hi.so'") == "pcasctl_plugin_1\n");
            CHECK_FALSE(contains(
                newcomer.must(
                    "cd '" + directory
                    + "'; cat $(git ls-files -o 2>/dev/null || find . -path ./build -prune -o -type f -print)"),
                "my-command"));
        }
    }
}

TEST_CASE("the project's own test fails if the command does something else") {
    const Newcomer newcomer;
    newcomer.must("pcasctl plugins new hi && sed -i 's/Hello, /Hallo, /' hi/hi.cpp");
    const Result result = newcomer.shell("cd hi && meson setup build && meson test -C build --print-errorlogs");
    CHECK(result.exit_code != 0);
    CHECK_MESSAGE(contains(result.out, "wrote 'Hallo, world!', and not 'Hello, world!'"), result.out);
}

TEST_CASE("the project builds without a warning, with every warning on") {
    const Newcomer newcomer;
    newcomer.must("pcasctl plugins new in-c --lang c; pcasctl plugins new in-cpp");
    for (const char *compiler : {"gcc -std=c11 -Wconversion", "clang -std=c11 -Wconversion"})
        newcomer.must(std::string(compiler)
                      + " -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only $(pkg-config --cflags pcasctl-sdk)"
                        " in-c/in-c.c");
    for (const char *compiler : {"g++ -std=c++17 -Wconversion", "clang++ -std=c++17 -stdlib=libc++ -Wconversion"})
        newcomer.must(std::string(compiler)
                      + " -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only $(pkg-config --cflags pcasctl-sdk)"
                        " in-cpp/in-cpp.cpp");
}

TEST_CASE("what is said names the files and the next steps, those only that this machine needs") {
    const Newcomer newcomer;
    CHECK(newcomer.must("pcasctl plugins new hi --build cmake") == R"(Made the project of 'pcasctl hi' in hi:
  .gitignore
  CMakeLists.txt
  README.md
  hi.cpp
  test/run

Build it, test it, and try it:
  cd hi
  cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure
  pcasctl --plugin-dir build hi --help

README.md there says how to go on.
)");
    const std::string tree = test::installed_tree();
    const std::string told = newcomer.must("umask 002; unset PKG_CONFIG_PATH; PATH=/usr/bin:/bin; " + tree
                                           + "/bin/pcasctl plugins new hi --directory 'a b'");
    CHECK_MESSAGE(contains(told, "\n  umask 022\n  export PATH=" + tree + "/bin:$PATH\n  export PKG_CONFIG_PATH=" + tree
                                     + "/share/pkgconfig\n  cd 'a b'\n  meson setup build"),
                  told);
}

TEST_CASE("no file is written over, and none is left behind where one is in the way") {
    const Newcomer newcomer;
    newcomer.must("mkdir hi; echo mine > hi/hi.c");
    const Result result = newcomer.shell("pcasctl plugins new hi --lang c");
    CHECK(result.exit_code == 3);
    CHECK(result.err
          == "pcasctl plugins new: hi/hi.c is there already, and nothing was written: give another place with "
             "--directory\n");
    CHECK(newcomer.must("cd hi; find . -type f; cat hi.c") == "./hi.c\nmine\n");
    CHECK(newcomer.must("ln -s /nonexistent hi/README.md; pcasctl plugins new hi || echo refused") == "refused\n");
    CHECK(newcomer.must("rm hi/*; pcasctl plugins new hi >told; ls hi") == "README.md\nhi.cpp\nmeson.build\ntest\n");
}

TEST_CASE("a command of that name that is there already is told of") {
    const Newcomer newcomer;
    const auto json = [&](const std::string &command) {
        return nlohmann::json::parse(newcomer.must(command + " --output json"));
    };
    CHECK(json("pcasctl plugins new hi")["namesake"].is_null());
    const std::string backfill = json("pcasctl plugins new backfill")["namesake"];
    CHECK(backfill == json("pcasctl plugins")["plugins"][0]["file"]);
    CHECK(contains(newcomer.must("rm -r backfill; pcasctl plugins new backfill"),
                   "\nThere is a 'pcasctl backfill' already, " + backfill + ": "));
}

TEST_CASE("a name that cannot be a command's is refused, with the reason") {
    const Newcomer newcomer;
    const auto refusal = [&](const std::string &name) {
        const Result result = newcomer.shell("pcasctl plugins new " + name);
        CHECK(result.exit_code == 2);
        return result.err;
    };
    CHECK(refusal("../x")
          == "pcasctl plugins new: '../x' cannot be a command's name: it takes lower case letters, digits and inner "
             "dashes, at most 64\n");
    CHECK(contains(refusal("Hello"), "'Hello' cannot be a command's name"));
    CHECK(refusal("plugins")
          == "pcasctl plugins new: 'plugins' is a name that pcasctl keeps for itself: choose another\n");
    CHECK(refusal("test")
          == "pcasctl plugins new: 'test' is a name that Meson or CMake keeps for itself: choose another\n");
    CHECK(refusal("") == "pcasctl plugins new: --name is required: give NAME or --name NAME\n");
    CHECK(newcomer.must("ls") == "");
}

TEST_CASE("templates that are not there are named, with what to do") {
    const Newcomer newcomer;
    const Result result = newcomer.shell("mkdir bin; cp " + test::installed_tree().string()
                                         + "/bin/pcasctl bin/; bin/pcasctl plugins new hi");
    CHECK(result.exit_code == 3);
    CHECK_MESSAGE(contains(result.err, "/share/pcasctl/template/any: No such file or directory: install pcasctl "
                                       "('meson install'), and call the one that was installed\n"),
                  result.err);
    CHECK(newcomer.must("ls") == "bin\n");
}
