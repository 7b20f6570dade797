// The link to the server is struck: cut, cut again and again, refused for a while, slow.
#include "attempt.hpp"
#include "backfill_output.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

using namespace faults;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene;
    return the_scene;
}

Result cut_the_link(Attempt &attempt) {
    attempt.scene.proxy.tell("cut");
    attempt.resume();
    Result result = attempt.result();
    attempt.struck = noticed(result);
    return result;
}

} // namespace

TEST_CASE("a link that is cut heals") {
    inject(scene(), "cut", 10, [](Attempt &attempt) {
        Result result = cut_the_link(attempt);
        // Before the first batch a lost connection may as well be the wrong server: that run does not start.
        CHECK_MESSAGE((came_through(result) || result.out.empty()), result.err);
        return result;
    });
}

TEST_CASE("a link that is cut after the server has answered, and before the first batch, heals") {
    const support::TempDir directory;
    for (const Words &options : {Words{}, Words{"--checkpoint", directory / "checkpoint"}}) {
        for (const int position : {1500, 2300, 3000}) { // connecting takes less, the first questions take more
            CAPTURE(options.size());
            CAPTURE(position);
            count_fault();
            scene().proxy.tell(fmt::format("stall {}", position));
            support::Process process(scene().command(options));
            while (!scene().proxy.status().stalled && !process.has_closed_output())
                process.read_for(std::chrono::milliseconds(1));
            for (const char *order : {"cut", "resume"}) scene().proxy.tell(order);
            const Result result = process.wait();
            CHECK_MESSAGE(came_through(result), result.err);
            CHECK(result.err.find("ing again: ") != std::string::npos);
            CHECK(scene().not_finished() == "");
            scene().reset();
            std::filesystem::remove(directory / "checkpoint");
        }
    }
}

TEST_CASE("a dry run whose link is cut tells what a run would do, and writes nothing") {
    const Words options{"--dry-run", "--batch-size", "40"};
    const std::uint64_t bytes = scene().bytes_of_run(options);
    in_rounds("dry run", 3, [&](Chance &chance) {
        scene().reset();
        until_struck([&] {
            Attempt attempt(scene(), chance, scene().command(options), bytes);
            const Result result = attempt.meet(cut_the_link);
            CHECK_MESSAGE((came_through(result) || result.out.empty()), result.err);
            if (came_through(result)) CHECK(result.out.find(std::to_string(scene().updated)) != std::string::npos);
            CHECK(scene().rows_done() == 0);
            CHECK(scene().harm_done() == "");
            return attempt.struck;
        });
    });
}

TEST_CASE("a link that is cut in a run that has nothing to do costs no write") {
    inject(
        scene(), "cut a re-run", 6,
        [](Attempt &attempt) {
            Result result = cut_the_link(attempt);
            CHECK_MESSAGE((came_through(result) || result.out.empty()), result.err);
            if (came_through(result)) CHECK(summary(result, "Unchanged") == attempt.scene.updated);
            return result;
        },
        {}, Table::finished);
}

TEST_CASE("a link that is cut again and again heals each time") {
    inject(scene(), "cut often", 3, [](Attempt &attempt) {
        for (int cut = 0; cut < 3 && !attempt.process.has_closed_output(); ++cut) {
            attempt.scene.proxy.tell("cut");
            attempt.resume();
            attempt.scene.proxy.tell(fmt::format("stall {}", attempt.chance.between(1, 300'000)));
            attempt.reach_the_moment();
        }
        attempt.resume();
        Result result = attempt.result();
        attempt.struck = noticed(result);
        return result;
    });
}

TEST_CASE("a server that cannot be reached for a while is waited for") {
    inject(scene(), "refuse", 4, [](Attempt &attempt) {
        attempt.scene.proxy.tell("refuse");
        attempt.scene.proxy.tell("cut");
        attempt.resume();
        attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(100, 1500)));
        attempt.scene.proxy.tell("admit");
        Result result = attempt.result();
        attempt.struck = noticed(result);
        CHECK_MESSAGE((came_through(result) || result.out.empty()), result.err);
        return result;
    });
}

TEST_CASE("a server that cannot be reached any more is given up on, with the summary and where it stands") {
    const auto refuse_for_good = [](Attempt &attempt) {
        attempt.scene.proxy.tell("refuse");
        attempt.scene.proxy.tell("cut");
        attempt.resume();
        Result result = attempt.result();
        CHECK(result.exit_code == 3);
        if (result.out.empty()) return result; // it had not begun
        CHECK(result.out.find("Backfill gave up") == 0);
        CHECK_MESSAGE(result.out.find("Run the same command again to go on") != std::string::npos, result.out);
        return result;
    };
    inject(scene(), "refuse for good", 2, refuse_for_good, {"--retries", "2"});
}

TEST_CASE("a link that lets nothing pass for longer than the time-outs is given up, and another one is tried") {
    inject(scene(), "stall", 1,
           [](Attempt &attempt) {
               attempt.process.wait_for_output("connecting again");
               attempt.resume();
               Result result = attempt.result();
               CHECK_MESSAGE((came_through(result) || result.out.empty()), result.err);
               return result;
           },
           {"--statement-timeout", "500ms", "--connect-timeout", "2s"});
}

TEST_CASE("a server that falls silent before the first batch is given up in time") {
    const Words options{"--connect-timeout", "2s", "--statement-timeout", "500ms", "--retries", "1"};
    for (const int position : {1, 500, 1500, 3000}) {
        CAPTURE(position);
        count_fault();
        scene().proxy.tell(fmt::format("stall {}", position));
        support::RunOptions how;
        how.limit = std::chrono::seconds(60);
        const Result result = support::run(scene().command(options), how);
        CHECK_MESSAGE(result.exit_code == 3, result.err);
        CHECK(result.out.empty());
        CHECK(scene().rows_done() == 0);
        CHECK(scene().harm_done() == "");
        for (const char *order : {"cut", "resume"}) scene().proxy.tell(order);
        scene().reset();
    }
}

TEST_CASE("a slow link is only slow") {
    inject(scene(), "slow", 2, [](Attempt &attempt) {
        attempt.scene.proxy.tell("delay 30");
        attempt.scene.proxy.tell("rate 2000000");
        attempt.resume();
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(result.err.find("ing again: ") == std::string::npos);
        return result;
    });
}
