// The ABI's promise, by libabigail: today's header against what each released version promised; and that the comparison
// can fail, for a check that never does is worth nothing.
#include "process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

namespace fs = std::filesystem;

fs::path project() {
    return support::setting("PCASCTL_TEST_SOURCE");
}

support::Result compare(const fs::path &include) {
    return support::run({project() / "sdk/abi/compare", include});
}

// What the comparison says of a copy of today's header in which `before` is replaced.
support::Result compare_with(const std::string &before, const std::string &after) {
    const support::TempDir directory;
    std::string header = support::read_file(project() / "sdk/include/pcasctl/plugin.h");
    std::size_t at = header.find(before);
    if (at == std::string::npos) throw std::runtime_error("the header no longer has: " + before);
    for (; at != std::string::npos; at = header.find(before, at + after.size()))
        header.replace(at, before.size(), after);
    fs::create_directory(directory / "pcasctl");
    support::write_file(directory / "pcasctl/plugin.h", header);
    return compare(directory.path());
}

const std::string enabled = "    int (*enabled)(const pcasctl_host *host, int level);\n";

} // namespace

TEST_CASE("the header keeps what every released version promised") {
    const support::Result result = compare(project() / "sdk/include");
    CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
}

TEST_CASE("growth is allowed: a member at the end, an enumerator, a structure") {
    const auto check_growth = [](const std::string &before, const std::string &after) {
        const support::Result result = compare_with(before, after);
        CHECK_MESSAGE(result.exit_code == 0, result.out << result.err);
    };
    check_growth("} pcasctl_log;", "    void (*flush)(const pcasctl_host *host);\n    int depth;\n} pcasctl_log;");
    check_growth("} pcasctl_plugin;", "    int (*describe)(const pcasctl_host *host);\n} pcasctl_plugin;");
    check_growth("PCASCTL_EXIT_FAILED = 3,", "PCASCTL_EXIT_FAILED = 3, PCASCTL_EXIT_LATER = 4,");
    check_growth("typedef struct pcasctl_log {",
                 "typedef struct pcasctl_clock { size_t size; } pcasctl_clock;\ntypedef struct pcasctl_log {");
}

TEST_CASE("a breach is told: what it was, and of which structure") {
    const auto check_breach = [](const std::string &before, const std::string &after, const std::string &told) {
        const support::Result result = compare_with(before, after);
        CHECK(result.exit_code == 1);
        CHECK_MESSAGE(result.out.find(told) != std::string::npos,
                      "expected '" << told << "' in: " << result.out << result.err);
    };
    SUBCASE("a member is gone") {
        check_breach(enabled, "", "data member deletion");
    }
    SUBCASE("a member was put before others") {
        check_breach(enabled, "    int (*first)(void);\n" + enabled, "put before the end");
    }
    SUBCASE("a parameter has another type") {
        check_breach("int (*enabled)(const pcasctl_host *host, int level)",
                     "int (*enabled)(const pcasctl_host *host, int64_t level)", "pcasctl_log::enabled");
    }
    SUBCASE("a result has another type") {
        check_breach("int64_t (*integer)", "int32_t (*integer)", "pcasctl_options::integer");
    }
    SUBCASE("an enumerator has another value") {
        check_breach("PCASCTL_EXIT_FAILED = 3,", "PCASCTL_EXIT_FAILED = 4,", "from value '3' to '4'");
    }
    SUBCASE("a structure that has no size has grown") {
        check_breach("} pcasctl_log_field;", "    int type;\n} pcasctl_log_field;", "has promised never to grow");
    }
    SUBCASE("a structure is gone") {
        check_breach("typedef struct pcasctl_terminal {", "typedef struct pcasctl_tty {", "pcasctl_terminal");
    }
    SUBCASE("the entry has another name") {
        check_breach("pcasctl_plugin_1", "pcasctl_plugin_2", "pcasctl_plugin_1");
    }
    SUBCASE("growth does not hide a breach beside it") {
        check_breach("    int (*requested)(const pcasctl_host *host);",
                     "    void (*requested)(const pcasctl_host *host);", "pcasctl_cancel::requested");
    }
}
