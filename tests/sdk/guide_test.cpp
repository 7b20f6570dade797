// The author's guide holds, letter by letter: each of its snippets is taken out of it, compiled and run against the
// installed SDK. A snippet has a name after its language ("```c hello.c"), and one without a case here fails.
#include "newcomer.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

using test::Newcomer;

namespace {

using Snippets = std::map<std::string, std::string>;

// By name, which is what stands after the language.
Snippets read_guide() {
    std::istringstream lines(support::read_file(support::setting("PCASCTL_TEST_SOURCE") + "/sdk/README.md"));
    Snippets snippets;
    std::string line, name;
    bool inside = false;
    while (std::getline(lines, line)) {
        const bool is_fence = line.rfind("```", 0) == 0;
        if (is_fence && !inside) {
            const std::size_t space = line.find(' ');
            if (space == std::string::npos) throw std::runtime_error("a snippet of the guide has no name: " + line);
            name = line.substr(space + 1);
            if (!snippets.emplace(name, "").second) throw std::runtime_error("two snippets have the name " + name);
        } else if (!is_fence && inside) {
            snippets.at(name) += line + "\n";
        }
        if (is_fence) inside = !inside;
    }
    return snippets;
}

const Snippets &guide() {
    static const Snippets snippets = read_guide();
    return snippets;
}

// What the cases below have used.
std::set<std::string> &used() {
    static std::set<std::string> names;
    return names;
}

const std::string &snippet(const std::string &name) {
    used().insert(name);
    return guide().at(name);
}

} // namespace

TEST_CASE("three lines lead from nothing to a command that runs") {
    const Newcomer newcomer;
    const std::string out = newcomer.must(snippet("new"));
    CHECK_MESSAGE(out.substr(out.rfind("\nHello")) == "\nHello, Ada!\n", out);
}

TEST_CASE("the plugin in C builds and runs") {
    const Newcomer newcomer;
    newcomer.write("hello.c", snippet("hello.c"));
    CHECK(newcomer.must(snippet("build C")) == "Hello, Ada!\n");
}

TEST_CASE("the plugin in C++ builds and runs") {
    const Newcomer newcomer;
    newcomer.write("hello.cpp", snippet("hello.cpp"));
    newcomer.must(snippet("build C++") + "mkdir build && mv hello.so build/");
    CHECK(newcomer.must(snippet("run")) == "Hello, Ada!\n");
}

TEST_CASE("it builds and runs with Meson and with CMake, and exports its entry only") {
    for (const std::string system : {"Meson", "CMake"}) {
        CAPTURE(system);
        const Newcomer newcomer;
        newcomer.write("hello.cpp", snippet("hello.cpp"));
        const std::string file = system == "Meson" ? "meson.build" : "CMakeLists.txt";
        newcomer.write(file, snippet(file));
        newcomer.must(snippet("build " + system));
        CHECK(newcomer.must(snippet("run")) == "Hello, Ada!\n");
        const std::string checked = newcomer.must(snippet("check"));
        CHECK_MESSAGE(checked.find("\n0 errors, ") != std::string::npos, checked);
        CHECK(newcomer.exports_of("build/hello.so") == "pcasctl_plugin_1\n");
    }
}

TEST_CASE("the plugin that uses services does what it says") {
    const Newcomer newcomer;
    newcomer.write("visit.cpp", snippet("visit.cpp"));
    newcomer.write("visit.ini", snippet("visit.ini"));
    newcomer.must("c++ -std=c++17 -shared -fPIC -Wall -Wextra -Wpedantic -Werror visit.cpp -o visit.so"
                  " $(pkg-config --cflags --libs pcasctl-sdk)");
    CHECK(newcomer.must(snippet("visit")) == "Good morning, Ada Lovelace!\nGood morning, Grace Hopper!\nada\ngrace\n");
    const support::Result alone = newcomer.shell("pcasctl --plugin-dir . visit");
    CHECK(alone.exit_code == 3);
    CHECK(alone.err
          == "pcasctl visit: nobody to visit: name friends in the section [visit.friends] of the configuration file\n");
}

TEST_CASE("every snippet of the guide is tested") {
    for (const auto &named : guide())
        CHECK_MESSAGE(used().count(named.first) == 1, named.first << " is used by no case");
}
