// Others work on the same data meanwhile: they hold and want the same rows, change and delete them, alter the table, and
// add events to the SQLite file.
#include "attempt.hpp"
#include "server.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

using namespace faults;
using support::Connection;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene({"deadlock_timeout=2s"});
    return the_scene;
}

std::string quoted_id(const Connection &connection, const std::string &order) {
    return "'" + connection.value("SELECT id FROM expected WHERE changed ORDER BY " + order + " LIMIT 1") + "'";
}

void set_isolation(const Scene &scene, const std::string &level) {
    const Connection connection = scene.connect();
    connection.exec("ALTER DATABASE " + connection.value("SELECT quote_ident(current_database())")
                    + " SET default_transaction_isolation = '" + level + "'");
}

} // namespace

TEST_CASE("a row that somebody holds is waited for") {
    inject(scene(), "row lock", 4, [](Attempt &attempt) {
        const Connection other = attempt.scene.connect();
        other.exec("BEGIN; SELECT 1 FROM pcas_vectors WHERE id = " + quoted_id(other, "random()") + " FOR UPDATE");
        attempt.resume();
        attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(1, 500)));
        other.exec("COMMIT");
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        return result;
    });
}

TEST_CASE("a row that is held for longer than the lock time-out is tried again, and written when it is free") {
    inject(scene(), "long row lock", 2,
           [](Attempt &attempt) {
               const Connection other = attempt.scene.connect();
               other.exec("BEGIN; SELECT 1 FROM pcas_vectors WHERE id = " + quoted_id(other, "random()")
                          + " FOR UPDATE");
               attempt.resume();
               attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(500, 1500)));
               other.exec("COMMIT");
               Result result = attempt.result();
               CHECK_MESSAGE(came_through(result), result.err);
               return result;
           },
           {"--lock-timeout", "50ms"});
}

TEST_CASE("a deadlock costs the run a retry, and nobody an update") {
    count_fault();
    const Connection other = scene().connect(), observer = scene().connect();
    // First and last in whichever order the server goes: by id, or through the table.
    const std::string low = quoted_id(other, "(SELECT ctid FROM pcas_vectors AS v WHERE v.id = expected.id)"),
                      high = quoted_id(other, "id DESC");
    other.exec("SET deadlock_timeout = '1h'"); // so that the run is the one that is ended
    other.exec("BEGIN; UPDATE pcas_vectors SET metadata = metadata WHERE id = " + high);
    support::Process process(scene().command({"--batch-size", "5000", "--jobs", "1", "--lock-timeout", "1m"}));
    wait_until_blocked(observer);
    other.exec("UPDATE pcas_vectors SET metadata = metadata WHERE id = " + low);
    other.exec("COMMIT");
    const Result result = process.wait();
    CHECK_MESSAGE(came_through(result), result.err);
    CHECK_MESSAGE(result.err.find("deadlock detected") != std::string::npos, result.err);
    CHECK(summary(result, "Failed") == scene().failed);
    CHECK(scene().not_finished() == "");
    scene().reset();
}

TEST_CASE("where transactions are serializable by default, what cannot be serialized is tried again") {
    for (const char *level : {"repeatable read", "serializable"}) {
        CAPTURE(level);
        count_fault();
        set_isolation(scene(), level);
        const Connection other = scene().connect(), observer = scene().connect();
        other.exec("BEGIN ISOLATION LEVEL READ COMMITTED; UPDATE pcas_vectors SET metadata = metadata WHERE id = "
                   + quoted_id(other, "random()"));
        support::Process process(scene().command({}));
        wait_until_blocked(observer);
        other.exec("COMMIT");
        const Result result = process.wait();
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK_MESSAGE(result.err.find("could not serialize access") != std::string::npos, result.err);
        CHECK(summary(result, "Failed") == scene().failed);
        CHECK(scene().not_finished() == "");
        set_isolation(scene(), "read committed");
        scene().reset();
    }
}

TEST_CASE("what another session writes beside our keys is kept, whoever comes first") {
    const Connection other = scene().connect();
    for (int round = 0; round < rounds(3); ++round) {
        Chance chance("beside", round);
        INFO("seed ", seed(), ", round ", round);
        count_fault();
        support::Process process(scene().command({"--batch-size", chance.one_of({"5", "100", "700"})}));
        // One row in each transaction, in an order of chance, as long as the run lasts.
        std::map<std::string, int> seen;
        const auto rows = other.query("SELECT id FROM expected WHERE changed");
        while (!process.has_closed_output()) {
            const std::string id = *rows[chance.between(0, rows.size() - 1)][0];
            other.exec(
                fmt::format("UPDATE pcas_vectors SET metadata = coalesce(metadata, '{{}}') || '{{\"seen\": {}}}' "
                            "WHERE id = '{}'",
                            ++seen[id], id));
            process.read_for(std::chrono::milliseconds(0));
            process.read_for(std::chrono::milliseconds(1));
        }
        const Result result = process.wait();
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(summary(result, "Failed") == scene().failed);
        for (const auto &[id, number] : seen)
            CHECK(other.value("SELECT metadata->>'seen' FROM pcas_vectors WHERE id = '" + id + "'")
                  == std::to_string(number));
        other.exec("UPDATE pcas_vectors SET metadata = metadata - 'seen' WHERE metadata ? 'seen'");
        CHECK(scene().not_finished() == "");
        scene().reset();
    }
}

TEST_CASE("rows that another session deletes are gone, and cost nothing else") {
    for (int round = 0; round < rounds(3); ++round) {
        Chance chance("delete", round);
        INFO("seed ", seed(), ", round ", round);
        Attempt attempt(scene(), chance, scene().command({"--batch-size", "50"}), scene().bytes_of_run({}));
        REQUIRE(attempt.reach_the_moment());
        const Connection other = scene().connect();
        attempt.resume();
        other.exec("DELETE FROM pcas_vectors WHERE id IN (SELECT id FROM expected ORDER BY random() LIMIT 100)");
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(summary(result, "Total events processed") == scene().events);
        CHECK(summary(result, "Failed") <= scene().failed);
        CHECK(other.value("SELECT count(*) FROM pcas_vectors") == other.value("SELECT count(*) - 100 FROM expected"));
        CHECK(other.value("SELECT count(*) FROM pcas_vectors AS v JOIN expected AS e USING (id) "
                          "WHERE v.metadata IS DISTINCT FROM e.metadata")
              == "0");
        scene().reset();
    }
}

TEST_CASE("the server adds its generated columns and indexes, or an admin removes them, in the middle") {
    inject(scene(), "schema", 4, [](Attempt &attempt) {
        const Connection other = attempt.scene.connect();
        attempt.resume();
        const bool there = other.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'pcas_vectors'::regclass "
                                       "AND attname = 'event_ts' AND NOT attisdropped")
                           == "1";
        if (there)
            other.exec("ALTER TABLE pcas_vectors DROP user_id, DROP session_id, DROP event_type, DROP event_ts");
        else
            support::add_hybrid_search(other);
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        return result;
    });
}

TEST_CASE("events that the running server adds meanwhile harm nothing, and are there for the next run") {
    Scene own;
    samples::Server server(own.sqlite);
    support::Process process(own.command({"--batch-size", "5"}));
    int added = 0;
    while (!process.has_closed_output()) {
        count_fault();
        server.execute(samples::insert(fmt::format("later-{}", ++added)));
        process.read_for(std::chrono::milliseconds(1));
    }
    const Result result = process.wait();
    CHECK_MESSAGE(came_through(result), result.err);
    CHECK(summary(result, "Successfully updated") == own.updated);
    CHECK(summary(result, "Failed") == own.failed);
    // The file is another one now, so of what not_finished() asks only the rows are compared.
    CHECK(own.rows_done() == own.updated);

    const Result again = support::run(own.command({}));
    CHECK(summary(again, "Total events processed") == own.events + added);
    CHECK(summary(again, "No vector") == own.no_vector + added);
    server.execute(samples::insert("the last")); // it was never kept from writing
}
