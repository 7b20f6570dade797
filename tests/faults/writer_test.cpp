// Another process writes the SQLite file meanwhile, with a WAL as the PCAS server does, or without one. Neither keeps the
// other from its work, and what the writer left is left so.
#include "attempt.hpp"
#include "backfill_output.hpp"
#include "sample_databases.hpp"
#include "server.hpp"
#include "struck_calls.hpp"

#include <SQLiteCpp/Column.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <thread>

using namespace faults;
using support::Result;

namespace {

// Adds one event after the other, while the test does something else.
class Adding {
public:
    Adding(samples::Server &server, int &added)
        : done_(std::async(std::launch::async, [this, &server, &added] {
              for (; !stopping_; ++added) {
                  server.execute(samples::insert(fmt::format("later-{}", added)));
                  std::this_thread::sleep_for(std::chrono::milliseconds(1)); // else there would be many thousands
              }
          })) {}
    ~Adding() { stopping_ = true; }
    Adding(const Adding &) = delete;
    Adding &operator=(const Adding &) = delete;

    void stop() { // throws if an event could not be added
        stopping_ = true;
        done_.get();
    }

private:
    std::atomic<bool> stopping_ = false;
    std::future<void> done_;
};

// A scene whose SQLite file grows while a writer is there. Not from round to round: the slower the machine, the more is
// written beside a run, and the longer takes the next one.
class Growing : public Scene {
public:
    Growing() { std::filesystem::copy_file(sqlite, before_); }

    std::string files() const { return samples::files_in(sqlite.parent_path()); }

    // When the writer has gone.
    void check_file() const {
        CHECK(files() == "events.db");
        const support::TempDir directory;
        std::filesystem::copy_file(sqlite, directory / "copy.db");
        SQLite::Database copy((directory / "copy.db").string(), SQLite::OPEN_READWRITE);
        copy.exec("ATTACH " + support::quoted(before_) + " AS before");
        CHECK(copy.execAndGet("PRAGMA integrity_check").getString() == "ok");
        CHECK(copy.execAndGet("SELECT count(*) FROM events WHERE id LIKE 'later-%'").getInt() == added);
        copy.exec("DELETE FROM events WHERE id LIKE 'later-%'");
        for (const std::string table : {"events", "nodes"})
            for (const std::string difference : {"SELECT * FROM main.{0} EXCEPT SELECT * FROM before.{0}",
                                                 "SELECT * FROM before.{0} EXCEPT SELECT * FROM main.{0}"})
                CHECK(copy.execAndGet("SELECT count(*) FROM (" + fmt::format(fmt::runtime(difference), table) + ")")
                          .getInt()
                      == 0);
    }

    void check_all_done(const Result &result) const {
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(summary(result, "Failed") == failed);
        CHECK(rows_harmed() == "");
        CHECK(rows_done() == updated);
    }

    // By another run, when the writer has gone.
    void check_next_run() {
        const Result next = support::run(command({}));
        check_all_done(next);
        CHECK(summary(next, "Total events processed") == events + added);
        CHECK(summary(next, "No vector") == no_vector + added);
        check_file();
        std::filesystem::copy_file(before_, sqlite, std::filesystem::copy_options::overwrite_existing);
        added = 0;
        reset();
    }

    int added = 0; // events, by the writer

private:
    support::TempDir directory_;
    std::filesystem::path before_ = directory_ / "before.db";
};

Growing &scene() {
    static Growing the_scene;
    return the_scene;
}

const std::string files_of_a_writer = "events.db events.db-shm events.db-wal";

} // namespace

TEST_CASE("events that another process adds meanwhile harm nothing, and are there for the next run") {
    for (const std::string journal_mode : {"WAL", "DELETE"}) {
        in_rounds("writer " + journal_mode, 2, [&](Chance &chance) {
            samples::Server server(scene().sqlite, journal_mode);
            Adding adding(server, scene().added);
            const Result result = support::run(scene().command(some_batches(chance)));
            adding.stop();
            scene().check_all_done(result);
            REQUIRE(scene().added > 0);
            count_fault();
            server.stop();
            scene().check_next_run();
        });
    }
}

TEST_CASE(
    "killed while another process adds events, it harms neither its file nor a row, and the next run does the rest") {
    const auto kill = [](Attempt &attempt) {
        attempt.resume();
        attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(0, 30)));
        attempt.process.signal(SIGKILL);
        return attempt.result_of_kill();
    };
    const auto run = [&kill](Chance &chance, const Words &options, std::uint64_t bytes) {
        samples::Server server(scene().sqlite);
        Adding adding(server, scene().added);
        // In half of the rounds early, while it reads its first events.
        Attempt attempt(scene(), chance, scene().command(options), chance.one_of({bytes, std::uint64_t{4000}}));
        attempt.meet(kill);
        CHECK(scene().files() == files_of_a_writer);
        CHECK(scene().rows_harmed() == "");
        scene().check_all_done(support::run(scene().command(options)));
        CHECK(scene().files() == files_of_a_writer);
        adding.stop();
        server.stop();
        scene().check_next_run();
        return attempt.struck;
    };
    strike_in_rounds(scene(), "kill beside a writer", 4, run);
}

TEST_CASE(
    "killed while it reads what a writer's crash left, the WAL's index too or not, it leaves all that as it was") {
    require_strace();
    const std::string file = scene().sqlite, wal = file + "-wal";
    for (const bool with_index : {true, false}) {
        CAPTURE(with_index);
        samples::Server server(file);
        for (int event = 0; event < 20; ++event)
            server.execute(samples::insert(fmt::format("later-{}", scene().added++)));
        server.kill();
        if (!with_index) std::filesystem::remove(file + "-shm");
        const auto left = samples::contents_of(scene().sqlite.parent_path());
        REQUIRE(scene().files() == (with_index ? files_of_a_writer : "events.db events.db-wal"));
        int step = 1; // of its reading: at the beginning each, later fewer and fewer
        for (bool was_killed = true; was_killed; step += 1 + step / 2) {
            CAPTURE(step);
            const Result result =
                run_struck("pread64", "signal=KILL", std::to_string(step), scene().command({}), {file, wal});
            was_killed = result.exit_code == 128 + SIGKILL;
            if (was_killed)
                count_fault();
            else
                scene().check_all_done(result);
            CHECK(samples::contents_of(scene().sqlite.parent_path()) == left);
            CHECK(scene().rows_harmed() == "");
        }
        CHECK(step > 50);
        samples::Server(file).stop();
        scene().check_next_run();
    }
}

TEST_CASE("a file that another process has locked for a moment is waited for") {
    in_rounds("locked for a moment", 2, [&](Chance &chance) {
        samples::Server server(scene().sqlite, "DELETE");
        server.execute("BEGIN EXCLUSIVE");
        support::Process process(scene().command(some_batches(chance)));
        process.read_for(std::chrono::milliseconds(chance.between(100, 1500)));
        REQUIRE_FALSE(process.has_closed_output());
        count_fault();
        server.execute("COMMIT");
        scene().check_all_done(process.wait());
        server.stop();
        scene().check_next_run();
    });
}

TEST_CASE("a file that another process keeps locked ends the run with a message, and the next one goes on") {
    in_rounds("locked file", 1, [&](Chance &chance) {
        const Words options{"--batch-size", chance.one_of({"1", "5"}), "--jobs", "1"};
        const std::uint64_t early = scene().bytes_of_run(options) / 5; // it has not read all events by then
        samples::Server server(scene().sqlite, "DELETE");
        const auto lock = [&server](Attempt &attempt) {
            server.execute("BEGIN EXCLUSIVE");
            attempt.resume();
            Result result = attempt.result();
            attempt.struck = !came_through(result);
            server.execute("COMMIT");
            return result;
        };
        until_struck([&] {
            scene().reset();
            Attempt attempt(scene(), chance, scene().command(options), early);
            const Result result = attempt.meet(lock);
            if (!attempt.struck) return false;
            CHECK(result.exit_code == 3);
            CHECK_MESSAGE(result.err.find("stayed locked by another program") != std::string::npos, result.err);
            CHECK(scene().rows_harmed() == "");
            CHECK(scene().rows_done() >= reported(result));
            return true;
        });
        scene().check_all_done(support::run(scene().command(options)));
        server.stop();
        scene().check_next_run();
    });
}
