// The files that the command writes are struck, its checkpoint and its report: it is killed at each system call that
// makes them, and the disk is full or broken at each.
#include "attempt.hpp"
#include "struck_calls.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

using namespace faults;
using support::Result;

namespace {

// By whatever names the processor knows them. The first checkpoint is linked into its place, or renamed where that does
// not work, and each later one is renamed.
const std::string linking = "/^link", renaming = "/^rename", placing = "/^(link|rename)";

Scene &scene() {
    static Scene the_scene;
    return the_scene;
}

struct Files {
    void remove() const {
        for (const std::string &file : {checkpoint, report}) std::filesystem::remove(file);
    }

    support::TempDir directory;
    const std::string checkpoint = directory / "checkpoint", report = directory / "report";
    // Quiet, so that hardly anything is written but these files.
    const Words options{"--checkpoint", checkpoint, "--report", report, "--quiet"};
};

std::string words_for(const std::string &error) {
    return error == "EIO" ? "Input/output error" : "No space left on device";
}

} // namespace

TEST_CASE("killed at any step of writing its checkpoint and its report, it leaves what the next run goes on from") {
    require_strace();
    const Files files;
    const Words in_large_batches = both(files.options, {"--batch-size", "700"});
    for (const std::string &call :
         {std::string("write"), std::string("fsync"), std::string("fdatasync"), linking, renaming}) {
        constexpr int enough = 100;
        int step = 1;
        for (; step < enough; ++step) {
            CAPTURE(call);
            CAPTURE(step);
            files.remove();
            const Result result =
                run_struck(call, "signal=KILL", std::to_string(step), scene().command(in_large_batches));
            CHECK(scene().harm_done() == "");
            const bool was_killed = result.exit_code == 128 + SIGKILL;
            if (was_killed) count_fault();
            go_on_to_the_end(scene(), files.options, files.report);
            if (!was_killed) break;
        }
        // At its beginning and its end each run writes a checkpoint; there is something in the report at its end only.
        CHECK(step > (call == "write" || call == "fsync" ? 2 : 1));
        CHECK(step < enough);
    }
}

TEST_CASE("a disk that is full or broken under its checkpoint is told of, and costs no update") {
    require_strace();
    const Files files;
    const Words in_large_batches = both(files.options, {"--batch-size", "700"});
    struct Step {
        std::string call, when;
        bool begins; // the run, which it does not without a checkpoint
    };
    // Each checkpoint syncs its file and its directory.
    for (const Step &step : {Step{"fsync", "1+", false},
                             {placing, "1+", false},
                             {"fsync", "2+", false},
                             {"fsync", "3+", true},
                             {renaming, "1+", true},
                             {"fsync", "4+", true}}) {
        for (const std::string error : {"ENOSPC", "EIO"}) {
            CAPTURE(step.call);
            CAPTURE(step.when);
            CAPTURE(error);
            files.remove();
            const Result result = run_struck(step.call, "error=" + error, step.when, scene().command(in_large_batches));
            CHECK(result.exit_code == 3);
            REQUIRE(result.err.find("--checkpoint: cannot write " + files.checkpoint + ": " + words_for(error))
                    != std::string::npos);
            count_fault();
            CHECK(result.out.empty() == !step.begins);
            CHECK(scene().rows_done() == (step.begins ? scene().updated : 0));
            go_on_to_the_end(scene(), files.options, files.report);
        }
    }
}

TEST_CASE("a disk that is full or broken under its report ends the run, and nothing that the report lacks is lost") {
    require_strace();
    const Files files;
    in_rounds("report", 3, [&](Chance &chance) {
        const std::string call = chance.one_of({"write", "fdatasync"}), when = chance.one_of({"1", "1+"}),
                          error = chance.one_of({"ENOSPC", "EIO"});
        INFO(error, " for ", call, " ", when);
        files.remove();
        const Words words = scene().command(both(files.options, some_batches(chance)));
        const Result result = run_struck(call, "error=" + error, when, words, {files.report});
        CHECK(result.exit_code == 3);
        REQUIRE_MESSAGE(result.err.find("--report: cannot write " + files.report + ": " + words_for(error))
                            != std::string::npos,
                        result.err);
        count_fault();
        CHECK(scene().harm_done() == "");
        go_on_to_the_end(scene(), files.options, files.report);
    });
}

TEST_CASE("what the disk has lost of a report once, no later checkpoint of the run goes past") {
    require_strace();
    const Files files;
    in_rounds("lost report", 2, [&](Chance &chance) {
        const std::string error = chance.one_of({"ENOSPC", "EIO"});
        // So slow that a checkpoint is due in the middle.
        const Words slow =
            both(files.options, {"--max-rate", "700", "--batch-size", chance.one_of({"5", "40", "100"})});
        CAPTURE(error);
        files.remove();
        const Result result = run_struck("fdatasync", "error=" + error, "1", scene().command(slow), {files.report});
        CHECK(result.exit_code == 3);
        REQUIRE_MESSAGE(result.err.find("the run goes on, and tries again to write it") != std::string::npos,
                        result.err);
        count_fault();
        CHECK(support::read_file(files.checkpoint).find("\"finished\": false") != std::string::npos);
        CHECK(scene().not_finished() == "");
        go_on_to_the_end(scene(), files.options, files.report);
    });
}
