// Old and new work together: plugins built from frozen headers in today's host, today's plugins in a host as it was, and
// a plugin of a version that is yet to come in both.
#include "program.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using support::Result;
using test::Program;

namespace {

namespace fs = std::filesystem;

fs::path project() {
    return support::setting("PCASCTL_TEST_SOURCE");
}

fs::path frozen(const std::string &version) {
    return project() / "tests/sdk/frozen" / version;
}

void must(const std::vector<std::string> &command) {
    const Result result = support::run(command);
    if (result.exit_code != 0) throw std::runtime_error(command.front() + ": " + result.out + result.err);
}

void build_plugin(const fs::path &source, const fs::path &include, const fs::path &plugin) {
    const bool is_c = source.extension() == ".c";
    must({is_c ? "gcc" : "g++", is_c ? "-std=c11" : "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
          "-shared", "-fPIC", "-fvisibility=hidden", "-I" + include.string(), source, "-o", plugin});
}

void build_host(const fs::path &include, const fs::path &host) {
    must({"gcc", "-std=gnu11", "-I" + include.string(), frozen("1.0") / "host.c", "-o", host, "-ldl"});
}

// Today's header with everything longer that can grow, as some later 1.x may have it.
void write_later_header(const fs::path &include) {
    std::string header = support::read_file(project() / "sdk/include/pcasctl/plugin.h");
    const auto put_before = [&](const std::string &what, const std::string &more) {
        const std::size_t at = header.find(what);
        if (at == std::string::npos) throw std::runtime_error("the header no longer has: " + what);
        header.insert(at, more);
    };
    put_before("} pcasctl_log;", "    void (*flush)(const pcasctl_host *host);\n");
    put_before("} pcasctl_plugin;", "    int (*describe)(const pcasctl_host *host);\n");
    put_before("};\n\n/* ---- Options", "    void (*later)(const pcasctl_host *host);\n");
    put_before("typedef struct pcasctl_log {", "typedef struct pcasctl_clock { size_t size; } pcasctl_clock;\n");
    put_before("/* Does the structure", "#undef PCASCTL_ABI_MINOR\n#define PCASCTL_ABI_MINOR 77\n");
    fs::create_directories(include / "pcasctl");
    support::write_file(include / "pcasctl/plugin.h", header);
}

// A plugin of that later version, which can do without what an older host lacks.
const std::string later_plugin = R"(
#include <pcasctl/plugin.h>
PCASCTL_MANIFEST({
    "command": "later", "version": "9", "summary": "Use what is yet to come", "licence": {"name": "MIT"},
    "options": [{"name": "name", "default": "x", "help": "A name.", "colour": ["red"], "since": 77}]
});
static int run(const pcasctl_host *host, void *instance) {
    const pcasctl_options *options = (const pcasctl_options *)host->get_service(host, PCASCTL_OPTIONS_SERVICE);
    const pcasctl_output *output = (const pcasctl_output *)host->get_service(host, PCASCTL_OUTPUT_SERVICE);
    const pcasctl_log *log = (const pcasctl_log *)host->get_service(host, PCASCTL_LOG_SERVICE);
    (void)instance;
    if (PCASCTL_HAS(host, later)) host->later(host);
    if (PCASCTL_HAS(log, flush)) log->flush(host);
    if (host->get_service(host, "pcasctl.clock/1") != NULL) return PCASCTL_EXIT_FAILED;
    output->write(host, options->text(host, "name", 0), 3);
    return host->abi_minor < PCASCTL_ABI_MINOR ? PCASCTL_EXIT_DONE : PCASCTL_EXIT_PARTIAL;
}
static int describe(const pcasctl_host *host) { return host != NULL; }
PCASCTL_ENTRY = {sizeof(pcasctl_plugin), NULL, run, NULL, describe};
)";

} // namespace

TEST_CASE(
    "plugins built from the frozen headers of every released version get from today's host what they always got") {
    for (const fs::directory_entry &version : fs::directory_iterator(project() / "tests/sdk/frozen")) {
        for (const char *source : {"plugin.c", "plugin.cpp"}) {
            CAPTURE(version.path().string());
            CAPTURE(source);
            const Program program({});
            build_plugin(version.path() / source, version.path(), program.file("plugin"));
            const Result result = program.run({"plugin", "one", "--flag", "-c3", "two", "--output=json"},
                                              {.environment = {{"FROZEN_PICK", "that"}}});
            CHECK(result.out == support::read_file(version.path() / "expected.txt"));
            CHECK_MESSAGE(result.err.find("a frozen message from=1.0 to=now\n") != std::string::npos, result.err);
            CHECK(result.exit_code == 0);
            CHECK(program.run({"plugin", "-c", "10"}).exit_code == 2);
            const Result failed = program.run({"-q", "plugin", "--reason", "as before"});
            CHECK(failed.exit_code == 42);
            CHECK_MESSAGE(failed.err.find("\npcasctl plugin: as before\n") != std::string::npos, failed.err);
        }
    }
}

TEST_CASE("today's plugins run in a host of ABI 1.0, and do without what it lacks") {
    const support::TempDir directory;
    const std::string host = directory / "host";
    const auto plugin = [&](const std::string &source) {
        std::string file = directory / "plugin.so";
        build_plugin(project() / source, project() / "sdk/include", file);
        return file;
    };
    build_host(frozen("1.0"), host);
    CHECK(support::run({host, plugin("sdk/examples/hello/hello.c"), "hello", "name=Ada", "times=2"}).out
          == "Hello, Ada!\nHello, Ada!\n");

    support::write_file(directory / "file", "one two\nthree\n");
    const Result tally = support::run(
        {host, plugin("sdk/examples/tally/tally.cpp"), "tally", "file=" + (directory / "file").string(), "file=/none"});
    CHECK(tally.out == "2 3 14 " + (directory / "file").string() + "\n");
    CHECK(tally.err == "cannot read the file file=/none\n");

    const std::string serves = plugin("tests/host/plugins/serves.cpp");
    CHECK(support::run({host, serves, "serves", "service=progress"}).out == "half a line\n");
    CHECK(support::run({host, serves, "serves", "service=config"}).out == "\n0 foes\n");
    CHECK(support::run({host, serves, "serves", "service=directories"}).err
          == "failed: this pcasctl is too old to give a command a directory; install a newer pcasctl\n");
}

TEST_CASE("a plugin of a later minor version runs in today's host and in that of 1.0") {
    const Program program({});
    write_later_header(program.root() / "include");
    support::write_file(program.root() / "later.c", later_plugin);
    build_plugin(program.root() / "later.c", program.root() / "include", program.file("later"));
    const Result listing = program.run({"plugins"});
    CHECK_MESSAGE(listing.out.find("later    9        1.77  ok ") != std::string::npos, listing.out);
    const Result result = program.run({"later", "--name", "Ada"});
    CHECK(result.out == "Ada");
    CHECK(result.exit_code == 0);
    CHECK(result.err == "");

    const std::string old_host = program.root() / "old";
    build_host(frozen("1.0"), old_host);
    CHECK(support::run({old_host, program.file("later"), "later", "name=Ada"}).out == "Ada");
}

TEST_CASE("plugins of 1.0 and of today run in a host of a later minor version, whose structures are larger") {
    const support::TempDir directory;
    write_later_header(directory / "include");
    const std::string host = directory / "host";
    build_host(directory / "include", host);
    build_plugin(frozen("1.0") / "plugin.c", frozen("1.0"), directory / "old.so");
    const Result old = support::run({host, directory / "old.so", "plugin", "item=one", "text=a", "ratio=2"});
    CHECK(old.out.rfind("create\nrun\nitem 0: one\ntext a, count 0, ratio 2,", 0) == 0);
    CHECK(old.err == "a frozen message from=1.0 to=now\n");
    build_plugin(project() / "sdk/examples/hello/hello.c", project() / "sdk/include", directory / "new.so");
    CHECK(support::run({host, directory / "new.so", "hello", "name=Ada", "times=1"}).out == "Hello, Ada!\n");
}
