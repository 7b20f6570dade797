// A transaction-mode pooler stands between, and either side of it is struck.
#include "attempt.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace faults;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene({}, Scene::Way::by_pooler);
    return the_scene;
}

Result healed(Attempt &attempt) {
    attempt.resume();
    Result result = attempt.result();
    CHECK_MESSAGE((came_through(result) || (result.exit_code == 3 && result.out.empty())), result.err);
    return result;
}

Result reconnected(Attempt &attempt) {
    Result result = healed(attempt);
    attempt.struck = noticed(result);
    return result;
}

// A pooler that has lost its server may say nothing at all.
const Words impatient{"--statement-timeout", "1s"};

} // namespace

TEST_CASE("the link to the pooler is cut") {
    inject(
        scene(), "cut before the pooler", 4,
        [](Attempt &attempt) {
            attempt.scene.proxy.tell("cut");
            return reconnected(attempt);
        },
        impatient);
}

TEST_CASE("the server ends the pooler's sessions") {
    inject(
        scene(), "terminate behind the pooler", 4,
        [](Attempt &attempt) {
            const std::string ended =
                attempt.scene.connect().value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                              "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
            attempt.struck = ended != "0";
            return healed(attempt);
        },
        impatient);
}

TEST_CASE("the pooler is killed and started again") {
    inject(
        scene(), "kill the pooler", 3,
        [](Attempt &attempt) {
            attempt.scene.pooler->crash();
            attempt.scene.pooler->start();
            return reconnected(attempt);
        },
        impatient);
}

TEST_CASE("the server behind the pooler is restarted") {
    inject(
        scene(), "restart behind the pooler", 2,
        [](Attempt &attempt) {
            attempt.scene.server.stop();
            attempt.scene.server.start();
            return healed(attempt);
        },
        impatient);
}

TEST_CASE("what was reported before a crash of the server behind the pooler is there after it") {
    inject(
        scene(), "crash behind the pooler", 3,
        [](Attempt &attempt) {
            attempt.scene.server.crash();
            attempt.scene.server.start();
            return healed(attempt);
        },
        impatient);
}

// A crash that the pooler keeps from us must not cost what was committed before it.
TEST_CASE("behind a pooler every commit waits for the disk, even where the server does not ask for it") {
    scene().reset();
    const support::Connection database = scene().connect();
    database.exec(R"(
        CREATE TABLE seen (how text);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
        CREATE TRIGGER see AFTER UPDATE ON pcas_vectors EXECUTE FUNCTION see();
        ALTER ROLE pcas SET synchronous_commit = off)");
    database.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    const Result result = support::run(scene().command({}));
    CHECK_MESSAGE(came_through(result), result.err);
    CHECK(database.value("SELECT string_agg(DISTINCT how, ' ') FROM seen") == "on");
    database.exec("ALTER ROLE pcas RESET synchronous_commit; DROP TRIGGER see ON pcas_vectors; DROP FUNCTION see; DROP "
                  "TABLE seen");
}

TEST_CASE("the command is killed, and the pooler goes on with what it was given") {
    inject(scene(), "kill before the pooler", 4, [](Attempt &attempt) {
        attempt.process.signal(SIGKILL);
        attempt.resume();
        return attempt.result_of_kill();
    });
}
