// The command itself is struck: killed at any moment, its reader gone, no room for what it says.
#include "attempt.hpp"
#include "backfill_output.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>

using namespace faults;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene;
    return the_scene;
}

// Where the moment is before the first batch, it may wait for the server's answers to its first questions as long as
// --connect-timeout says, before it understands that it is to stop.
const Words patience{"--connect-timeout", "2s"};

bool ended_before_the_first_batch(const Attempt &attempt, const Result &result) {
    if (!result.out.empty()) return false;
    CHECK(attempt.scene.rows_done() == 0);
    return true;
}

// The shell closes or redirects what a program is to find so.
Words with_output(const std::string &redirection, const Words &command) {
    Words words{"bash", "-c", "exec \"$0\" \"$@\" " + redirection};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

} // namespace

TEST_CASE("killed at any moment, it leaves nothing that the next run does not finish") {
    inject(scene(), "kill", 12, [](Attempt &attempt) {
        attempt.process.signal(SIGKILL);
        if (attempt.chance.between(0, 1) == 0) attempt.scene.proxy.tell("cut"); // what it has sent may arrive, or not
        attempt.resume();
        return attempt.result_of_kill();
    });
}

TEST_CASE("killed at any moment, it leaves a checkpoint and a report that the next run goes on from") {
    inject_and_go_on(scene(), "kill with a checkpoint", 6, [](Attempt &attempt) {
        attempt.process.signal(SIGKILL);
        attempt.resume();
        return attempt.result_of_kill();
    });
}

TEST_CASE("asked to stop at any moment, it finishes what is on its way and says how to go on") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(signal);
        inject(
            scene(), "signal " + std::to_string(signal), 4,
            [&](Attempt &attempt) {
                attempt.process.signal(signal);
                attempt.process.wait_for_output("stopping: what is on its way is finished first");
                attempt.resume();
                Result result = attempt.result();
                CHECK(result.exit_code == 128 + signal);
                if (ended_before_the_first_batch(attempt, result)) return result;
                CHECK(result.out.find("Backfill interrupted") == 0);
                CHECK(result.out.find("again to go on") != std::string::npos);
                CHECK(attempt.scene.rows_done() == summary(result, "Successfully updated"));
                CHECK(done_from_the_first(result) == summary(result, "Total events processed"));
                return result;
            },
            patience);
    }
}

TEST_CASE("asked to stop while the server is away, it does not wait for it") {
    inject(scene(), "signal while the server is away", 3, [](Attempt &attempt) {
        attempt.scene.proxy.tell("refuse");
        attempt.scene.proxy.tell("cut");
        attempt.resume();
        try {
            attempt.process.wait_for_output("ing again: "); // connecting, or still trying to
        } catch (const std::runtime_error &) {
            Result result = attempt.result(); // where the moment is before the server's first answer
            CHECK(result.exit_code == 3);
            CHECK(result.out.empty());
            return result;
        }
        attempt.process.signal(SIGTERM);
        Result result = attempt.result();
        CHECK(result.exit_code == 128 + SIGTERM);
        if (ended_before_the_first_batch(attempt, result)) return result;
        CHECK(result.out.find("Backfill interrupted") == 0);
        return result;
    });
}

TEST_CASE("asked a second time, it stops at once, even when the server does not answer") {
    inject(
        scene(), "impatient", 4,
        [](Attempt &attempt) {
            attempt.process.signal(SIGINT);
            attempt.process.wait_for_output("stopping: what is on its way is finished first");
            attempt.process.signal(SIGINT);
            Result result = attempt.result();
            CHECK(result.exit_code == 128 + SIGINT);
            return result;
        },
        patience);
}

TEST_CASE("without a reader it does its work all the same, and says on stderr what it could not write") {
    for (const int descriptor : {1, 2}) {
        CAPTURE(descriptor);
        inject(scene(), "no reader of " + std::to_string(descriptor), 3, [descriptor](Attempt &attempt) {
            attempt.process.hang_up(descriptor);
            attempt.resume();
            Result result = attempt.result();
            CHECK(result.exit_code == 1); // some events of the scene fail, which says enough
            if (descriptor == 1) CHECK(result.err.find("cannot write the result to stdout") != std::string::npos);
            CHECK(attempt.scene.not_finished() == "");
            return result;
        });
    }
}

TEST_CASE("an output that is closed or full costs what it would have said, and no update") {
    for (const std::string redirection :
         {">&-", ">/dev/full", "2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-", "<&-"}) {
        in_rounds(redirection, 1, [&](Chance &chance) {
            count_fault();
            const Result result = support::run(with_output(redirection, scene().command(some_batches(chance))));
            CHECK_MESSAGE(result.exit_code == 1, result.err);
            if (redirection == ">&-")
                CHECK(result.err.find("cannot write the result to stdout: Bad file descriptor") != std::string::npos);
            if (redirection == ">/dev/full")
                CHECK(result.err.find("cannot write the result to stdout: No space left on device")
                      != std::string::npos);
            CHECK(scene().not_finished() == "");
            scene().reset();
        });
    }
}
