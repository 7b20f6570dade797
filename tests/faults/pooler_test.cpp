// A transaction-mode pooler stands between, and either side of it is struck.
#include "attempt.hpp"

#include <doctest/doctest.h>

using namespace faults;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene({}, Scene::Way::by_pooler);
    return the_scene;
}

Result healed(Attempt &attempt) {
    attempt.resume();
    const Result result = attempt.result();
    CHECK_MESSAGE((came_through(result) || (result.exit_code == 3 && result.out.empty())), result.err);
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
            return healed(attempt);
        },
        impatient);
}

TEST_CASE("the server ends the pooler's sessions") {
    inject(
        scene(), "terminate behind the pooler", 4,
        [](Attempt &attempt) {
            attempt.scene.connect().exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                         "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
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
            return healed(attempt);
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

TEST_CASE("the command is killed, and the pooler goes on with what it was given") {
    inject(scene(), "kill before the pooler", 4, [](Attempt &attempt) {
        attempt.process.signal(9);
        attempt.resume();
        return attempt.result();
    });
}
