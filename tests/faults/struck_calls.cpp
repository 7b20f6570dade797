#include "struck_calls.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace faults {

void require_strace() {
    const support::Result traced = support::run({"strace", "-qq", "-o", "/dev/null", "true"});
    REQUIRE_MESSAGE(traced.exit_code == 0,
                    "strace cannot trace a program here, so that no fault can be injected: install it "
                    "(tests/support/install-packages test), and allow ptrace (to a container: --cap-add SYS_PTRACE). "
                    "It said: ",
                    traced.err);
}

support::Result run_struck(const std::string &call, const std::string &what, const std::string &when,
                           const Words &command, const Words &files) {
    Words words{"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e"};
    words.push_back(fmt::format("inject={}:{}:when={}", call, what, when));
    for (const std::string &file : files) words.insert(words.end(), {"-P", file});
    words = both(words, command);
    support::RunOptions how;
    how.environment["ASAN_OPTIONS"] = "detect_leaks=0"; // whose detector cannot work while strace does
    return support::run(words, how);
}

} // namespace faults
