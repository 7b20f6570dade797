// Ctrl-C and its relatives, on the running executable.
#include "program.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>

using support::Process;
using support::Result;
using test::Program;

namespace {

// Without this, a test run under nohup would start its programs with the signals ignored.
std::vector<std::string> with_default_signals(const std::vector<std::string> &command) {
    std::vector<std::string> words = {"env", "--default-signal=HUP,INT,TERM"};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

} // namespace

TEST_CASE("a signal asks the command to stop, and the exit code tells which one it was") {
    const Program program({"cancels"});
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        Process process(with_default_signals(program.command_line({"cancels"})));
        process.wait_for_output("waiting");
        process.signal(signal);
        const Result result = process.wait();
        CHECK(result.exit_code == 128 + signal);
        CHECK(result.err.find("stopping") != std::string::npos);
        CHECK(result.err.find("pcasctl cancels:") == std::string::npos);
    }
}

TEST_CASE("a second signal ends a command that does not stop") {
    const Program program({"cancels"});
    Process process(with_default_signals(program.command_line({"cancels", "--stubborn"})));
    process.wait_for_output("waiting");
    process.signal(SIGINT);
    process.wait_for_output("stopping");
    process.signal(SIGTERM);
    CHECK(process.wait().exit_code == 128 + SIGTERM);
}

TEST_CASE("a signal that was ignored at the start stays ignored, as nohup wants it") {
    const Program program({"cancels"});
    const auto command = program.command_line({"cancels"});
    std::vector<std::string> words = {"sh", "-c", "trap '' HUP; exec \"$@\"", "sh"};
    words.insert(words.end(), command.begin(), command.end());
    Process process(with_default_signals(words));
    process.wait_for_output("waiting");
    process.signal(SIGHUP);
    process.signal(SIGTERM);
    CHECK(process.wait().exit_code == 128 + SIGTERM);
}

TEST_CASE("to say 'cancelled' when nobody did is a bug of the plugin") {
    const Program program({"cancels"});
    const Result result = program.run({"cancels", "--unasked"});
    CHECK(result.exit_code == 3);
    CHECK(result.err == "pcasctl cancels: plugin bug: it returned 'cancelled', but nobody cancelled it\n");
}
