// The server is struck: it crashes, restarts, hangs up, turns read-only, has no connection left.
#include "attempt.hpp"
#include "backfill_output.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <deque>
#include <optional>
#include <stdexcept>

using namespace faults;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene({"autovacuum=off", "max_connections=16", "superuser_reserved_connections=0"});
    return the_scene;
}

// Where nothing waits for the disk unless it is told to.
Scene &careless_scene() {
    static Scene the_scene({"autovacuum=off", "synchronous_commit=off"});
    return the_scene;
}

// Before the first batch, a server that cannot be reached may as well be the wrong one: such a run does not start.
Result healed(Attempt &attempt) {
    Result result = attempt.result();
    attempt.struck = noticed(result);
    CHECK_MESSAGE((came_through(result) || (result.exit_code == 3 && result.out.empty())), result.err);
    return result;
}

// The process that writes the log of commits which did not wait for it. While it is stopped they are in memory only, and
// lost for certain when the server crashes: as if the crash came at the worst moment.
class LogWriter {
public:
    explicit LogWriter(const Scene &scene)
        : pid_(std::stoi(scene.connect().value("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"))) {
        ::kill(pid_, SIGSTOP);
    }
    ~LogWriter() { ::kill(pid_, SIGCONT); }
    LogWriter(const LogWriter &) = delete;
    LogWriter &operator=(const LogWriter &) = delete;

    // The server then ends all its processes and recovers, as it does when any of them crashes. Returns when it has.
    void crash(const Scene &scene) const {
        const support::Connection witness = scene.connect();
        ::kill(pid_, SIGKILL);
        while (succeeds([&witness] { witness.exec("SELECT 1"); })) continue;
        while (!succeeds([&scene] { scene.connect(); })) continue;
    }

private:
    static bool succeeds(const auto &work) {
        try {
            work();
            return true;
        } catch (const std::runtime_error &) {
            return false;
        }
    }

    int pid_;
};

void set_read_only(const Scene &scene, bool read_only) {
    const support::Connection connection = scene.connect();
    connection.exec("SET default_transaction_read_only = off");
    connection.exec(std::string("ALTER SYSTEM SET default_transaction_read_only = ") + (read_only ? "on" : "off"));
    connection.exec("SELECT pg_reload_conf()");
    while (scene.connect().value("SHOW default_transaction_read_only") != (read_only ? "on" : "off")) continue;
}

std::deque<support::Connection> all_that_are_left(const Scene &scene) {
    std::deque<support::Connection> connections;
    try {
        for (;;) connections.emplace_back(scene.conninfo);
    } catch (const std::runtime_error &) {
        return connections; // "sorry, too many clients already"
    }
}

} // namespace

TEST_CASE("what was reported before a crash of the server is there after it, and the run goes on by itself") {
    for (Scene *the_scene : {&scene(), &careless_scene()}) {
        CAPTURE(the_scene == &scene());
        std::optional<LogWriter> log_writer(*the_scene);
        inject(*the_scene, "crash", 4, [&log_writer](Attempt &attempt) {
            attempt.scene.proxy.tell("refuse");
            log_writer->crash(attempt.scene);
            CHECK(attempt.scene.rows_done() >= reported(attempt.said_so_far()));
            for (const char *order : {"cut", "admit", "resume"}) attempt.scene.proxy.tell(order);
            Result result = healed(attempt);
            log_writer.emplace(attempt.scene);
            return result;
        });
    }
}

TEST_CASE(
    "a checkpoint is never ahead of what is durable: after a crash of all, the next run goes on from it to the end") {
    std::optional<LogWriter> log_writer(careless_scene());
    inject_and_go_on(careless_scene(), "checkpoint", 4, [&log_writer](Attempt &attempt) {
        log_writer->crash(attempt.scene);
        attempt.said_so_far(); // it has written what it had to write
        attempt.process.signal(SIGKILL);
        attempt.resume();
        Result result = attempt.result_of_kill();
        log_writer.emplace(attempt.scene);
        return result;
    });
}

TEST_CASE("what is found right and not yet on the disk is there after a crash, and no checkpoint is ahead of it") {
    const support::TempDir directory;
    const Words options{"--checkpoint", directory / "checkpoint", "--report", directory / "report"};
    std::optional<LogWriter> log_writer(careless_scene());
    careless_scene().reset(Table::finished); // as by an earlier run that was killed before its last flush
    const Result result = support::run(careless_scene().command(options));
    CHECK_MESSAGE(came_through(result), result.err);
    CHECK(summary(result, "Unchanged") == careless_scene().updated);
    count_fault();
    log_writer->crash(careless_scene());
    log_writer.reset();
    CHECK(careless_scene().not_finished() == "");
    careless_scene().reset();
}

TEST_CASE("a server that is stopped at once, as by a power cut, and started again is waited for") {
    inject(scene(), "stop at once", 3, [](Attempt &attempt) {
        attempt.scene.server.crash();
        attempt.scene.server.start();
        CHECK(attempt.scene.rows_done() >= reported(attempt.said_so_far()));
        attempt.resume();
        return healed(attempt);
    });
}

TEST_CASE("a server that is restarted is waited for") {
    inject(scene(), "restart", 3, [](Attempt &attempt) {
        const bool at_once = attempt.chance.between(0, 1) == 0;
        if (at_once) attempt.resume();
        attempt.scene.server.stop();
        attempt.scene.server.start();
        if (!at_once) attempt.resume();
        return healed(attempt);
    });
}

TEST_CASE("a session that the server ends is replaced") {
    inject(scene(), "terminate", 6, [](Attempt &attempt) {
        attempt.scene.connect().exec(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'");
        attempt.resume();
        return healed(attempt);
    });
}

TEST_CASE("a server that turns read-only ends the run, with one line that says so and the summary") {
    inject(scene(), "read-only", 4, [](Attempt &attempt) {
        set_read_only(attempt.scene, true);
        attempt.resume();
        Result result = attempt.result();
        set_read_only(attempt.scene, false);
        attempt.struck = !came_through(result); // else all was written by then
        if (!attempt.struck) return result;
        CHECK(result.exit_code == 3);
        CHECK_MESSAGE(result.err.find("transactions on this server are read-only") != std::string::npos, result.err);
        if (!result.out.empty()) CHECK(result.out.find("Backfill gave up") == 0);
        return result;
    });
}

TEST_CASE("a server without a free connection is waited for") {
    inject(scene(), "no connections", 3, [](Attempt &attempt) {
        attempt.scene.proxy.tell("cut");
        std::deque<support::Connection> others = all_that_are_left(attempt.scene);
        attempt.resume();
        attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(100, 1500)));
        others.clear();
        Result result = attempt.result();
        attempt.struck = result.err.find("too many clients") != std::string::npos;
        CHECK_MESSAGE(came_through(result), result.err);
        return result;
    });
}
