// What `meson install` installs, where it is moved to: it finds its plugins, and plugins build against it with every
// toolchain that the SDK promises.
#include "newcomer.hpp"

#include <doctest/doctest.h>

#include <string>

using test::Newcomer;

namespace {

const std::string only_the_entry = "pcasctl_plugin_1\n";

// All that a header must do in a language standard: be included, twice, and its macros used.
const std::string uses_plugin_h = R"(
#include <pcasctl/plugin.h>
#include <pcasctl/plugin.h>
PCASCTL_MANIFEST({"command": "x", "version": "1", "summary": "s"});
static int run(const pcasctl_host *host, void *instance) {
    (void)instance;
    return PCASCTL_HAS(host, fail) ? PCASCTL_EXIT_DONE : PCASCTL_EXIT_FAILED;
}
PCASCTL_ENTRY = {sizeof(pcasctl_plugin), 0, run, 0};
)";

const std::string uses_plugin_hpp = R"(
#include <pcasctl/plugin.hpp>
#include <pcasctl/plugin.hpp>
PCASCTL_MANIFEST({"command": "x", "version": "1", "summary": "s"});
struct X {
    explicit X(pcasctl::Host) {}
    int run() { return PCASCTL_EXIT_DONE; }
};
PCASCTL_COMMAND(X);
)";

// `compiler` in every one of these standards, warnings being errors.
void check_standards(const Newcomer &newcomer, const std::string &compiler, const std::string &standards,
                     const std::string &file) {
    const support::Result result = newcomer.shell(
        "for standard in " + standards + "; do " + compiler
        + " -std=$standard -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only"
        + " $(pkg-config --cflags pcasctl-sdk) " + file + " || { echo \"not as $standard\"; exit 1; }; done");
    CHECK_MESSAGE(result.exit_code == 0, compiler << ": " << result.out << result.err);
}

} // namespace

TEST_CASE("the installed tree finds its plugins where it is moved to") {
    const Newcomer newcomer;
    const std::string listing = newcomer.must("pcasctl plugins");
    CHECK_MESSAGE(listing.find("ok     " + test::installed_tree().string()) != std::string::npos, listing);
    newcomer.must("pcasctl backfill --help");
}

TEST_CASE("pkg-config says where plugins go, wherever the tree lies") {
    const Newcomer newcomer;
    newcomer.must("test -e \"$(pkg-config --variable=plugindir pcasctl-sdk)/backfill.so\"");
    newcomer.must("test -e \"$(pkg-config --variable=versionscript pcasctl-sdk)\"");
    CHECK(newcomer.must("echo $(pcasctl --version)")
              .rfind("pcasctl " + newcomer.must("printf %s $(pkg-config --modversion pcasctl-sdk)") + " ", 0)
          == 0);
}

TEST_CASE("plugin.h compiles by itself as C11 and C17, and as C++11 to C++20") {
    const Newcomer newcomer;
    newcomer.write("uses.c", uses_plugin_h);
    newcomer.write("uses.cpp", uses_plugin_h);
    for (const char *compiler : {"gcc", "clang"}) check_standards(newcomer, compiler, "c11 c17", "uses.c");
    for (const char *compiler : {"g++", "clang++"})
        check_standards(newcomer, compiler, "c++11 c++14 c++17 c++20", "uses.cpp");
}

TEST_CASE("plugin.hpp compiles by itself as C++17 and C++20, with either standard library") {
    const Newcomer newcomer;
    newcomer.write("uses.cpp", uses_plugin_hpp);
    for (const char *compiler : {"g++", "clang++ -stdlib=libc++"})
        check_standards(newcomer, compiler, "c++17 c++20", "uses.cpp");
}

TEST_CASE("the same plugin in C++ builds with g++ and with clang and libc++, runs, and exports its entry only") {
    for (const char *compiler : {"g++ -std=c++17", "g++ -std=c++20 -O2", "clang++ -stdlib=libc++ -std=c++17"}) {
        CAPTURE(compiler);
        const Newcomer newcomer;
        newcomer.copy("sdk/examples/tally/tally.cpp");
        newcomer.must(std::string(compiler)
                      + " -Wall -Wextra -Wpedantic -Werror -shared -fPIC -Wl,--no-undefined tally.cpp -o tally.so"
                        " $(pkg-config --cflags --libs pcasctl-sdk)");
        CHECK(newcomer.must("printf 'one two\\nthree\\n' > file; pcasctl --plugin-dir . tally file")
              == "2 3 14 file\n");
        // What fails in the plugin's own standard library is told by the host.
        const support::Result failed = newcomer.shell("pcasctl --plugin-dir . tally /nonexistent");
        CHECK(failed.exit_code == 1);
        CHECK_MESSAGE(failed.err.find("cannot read the file file=/nonexistent") != std::string::npos, failed.err);
        CHECK(newcomer.exports_of("tally.so") == only_the_entry);
    }
}

TEST_CASE("an exception of libc++ ends in the plugin, and its message is shown by a host of libstdc++") {
    const Newcomer newcomer;
    newcomer.write("throws.cpp", R"(
#include <pcasctl/plugin.hpp>
PCASCTL_MANIFEST({"command": "throws", "version": "1", "summary": "Throw"});
struct Throws {
    explicit Throws(pcasctl::Host) {}
    int run() { throw std::runtime_error("no such planet"); }
};
PCASCTL_COMMAND(Throws);
)");
    newcomer.must("clang++ -stdlib=libc++ -std=c++17 -shared -fPIC throws.cpp -o throws.so"
                  " $(pkg-config --cflags --libs pcasctl-sdk)");
    const support::Result result = newcomer.shell("pcasctl --plugin-dir . throws");
    CHECK(result.exit_code == 3);
    CHECK(result.err == "pcasctl throws: no such planet\n");
}

TEST_CASE("the same plugin in C11 builds with gcc and with clang, runs, and exports its entry only") {
    for (const char *compiler : {"gcc", "clang"}) {
        CAPTURE(compiler);
        const Newcomer newcomer;
        newcomer.copy("sdk/examples/hello/hello.c");
        newcomer.must(std::string(compiler)
                      + " -std=c11 -Wall -Wextra -Wpedantic -Werror -shared -fPIC -Wl,--no-undefined hello.c"
                        " -o hello.so $(pkg-config --cflags --libs pcasctl-sdk)");
        CHECK(newcomer.must("pcasctl --plugin-dir . hello Ada --shout") == "HELLO, ADA!\n");
        CHECK(newcomer.exports_of("hello.so") == only_the_entry);
    }
}

TEST_CASE("CMake has the headers alone as a target, and takes the version that a project asks for into account") {
    const Newcomer newcomer;
    newcomer.write("part.cpp", "#include <pcasctl/plugin.hpp>\nint main() { return PCASCTL_EXIT_DONE; }\n");
    newcomer.write("CMakeLists.txt", R"(
cmake_minimum_required(VERSION 3.13)
project(part CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(pcasctl-sdk 99 CONFIG QUIET)
if(pcasctl-sdk_FOUND)
  message(FATAL_ERROR "an SDK of another major version was taken")
endif()
find_package(pcasctl-sdk 0.1 CONFIG REQUIRED)
add_executable(part part.cpp)
target_link_libraries(part PRIVATE pcasctl::sdk)
)");
    newcomer.must("cmake -B build && cmake --build build && build/part");
}
