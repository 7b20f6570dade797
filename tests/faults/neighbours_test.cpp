// Others work on the same table meanwhile: they hold and want the same rows, change and delete them, and alter it.
#include "attempt.hpp"
#include "backfill_output.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <future>

using namespace faults;
using support::Connection;
using support::Result;

namespace {

Scene &scene() {
    static Scene the_scene;
    return the_scene;
}

// The end of a query for ids: one to `most` of them, in an order of chance.
std::string some_at_random(Chance &chance, std::uint64_t most) {
    return fmt::format("ORDER BY md5(id || '{}') LIMIT {}", chance.between(0, 1'000'000), chance.between(1, most));
}

// Locks some of the rows that the run has still to write, and returns how many. Those that the run itself has locked are
// left out: while its link is stalled, they would be waited for in vain.
std::size_t lock_rows_to_come(const Connection &other, Chance &chance, const std::string &condition = "true") {
    other.exec("BEGIN");
    return other
        .query("SELECT id FROM pcas_vectors AS v JOIN expected AS e USING (id) "
               "WHERE v.metadata IS DISTINCT FROM e.metadata AND "
               + condition + " " + some_at_random(chance, 5) + " FOR UPDATE OF v SKIP LOCKED")
        .size();
}

void set_isolation(const Scene &scene, const std::string &level) {
    const Connection connection = scene.connect();
    connection.exec("ALTER DATABASE " + connection.value("SELECT quote_ident(current_database())")
                    + " SET default_transaction_isolation = '" + level + "'");
}

// An update of some of the rows that a query names, which changes nothing.
std::string touch(const std::string &ids, Chance &chance) {
    return "UPDATE pcas_vectors SET metadata = metadata WHERE id IN (" + ids + " " + some_at_random(chance, 5) + ")";
}

// Which it has written in the transaction that it is in.
const std::string rows_of_the_run =
    "SELECT id FROM pcas_vectors WHERE xmax = (SELECT backend_xid FROM pg_stat_activity "
    "WHERE application_name = 'pcasctl backfill')";

// What a run writes in one update if its batches are large enough: rows that have metadata are looked at first.
const std::string in_one_update = fmt::format(
    "nullif(split_part(id, '-event-', 2), '')::int < {} AND id IN (SELECT id FROM original WHERE metadata IS NULL)",
    int{Scene::rows_of_events});

void check_came_through(const Result &result, const std::string &trouble) {
    CHECK_MESSAGE(came_through(result), result.err);
    CHECK_MESSAGE(result.err.find(trouble) != std::string::npos, result.err);
    CHECK(summary(result, "Failed") == scene().failed);
    CHECK(scene().not_finished() == "");
    scene().reset();
}

} // namespace

TEST_CASE("rows that somebody holds are waited for") {
    inject(scene(), "row lock", 4, [](Attempt &attempt) {
        const Connection other = attempt.scene.connect(), observer = attempt.scene.connect();
        attempt.struck = lock_rows_to_come(other, attempt.chance) > 0;
        attempt.resume();
        if (attempt.struck) wait_until_blocked(observer);
        attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(1, 500)));
        other.exec("COMMIT");
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        return result;
    });
}

TEST_CASE("rows that are held for longer than the lock time-out are tried again, and written when they are free") {
    inject(scene(), "long row lock", 2,
           [](Attempt &attempt) {
               const Connection other = attempt.scene.connect();
               attempt.struck = lock_rows_to_come(other, attempt.chance) > 0;
               attempt.resume();
               if (attempt.struck) attempt.process.wait_for_output("canceling statement due to lock timeout");
               attempt.process.read_for(std::chrono::milliseconds(attempt.chance.between(1, 1000)));
               other.exec("COMMIT");
               Result result = attempt.result();
               CHECK_MESSAGE(came_through(result), result.err);
               return result;
           },
           {"--lock-timeout", "50ms"});
}

// A third session keeps the run in the middle of a batch until the other one holds what the run has still to come to, and
// waits for what the run holds: so it is always the run that finds the deadlock.
TEST_CASE("a deadlock costs the run a retry, and nobody an update") {
    const auto meets_a_deadlock = [](Chance &chance) {
        const Connection other(scene().conninfo + " application_name=other");
        const Connection third = scene().connect(), observer = scene().connect();
        other.exec("SET deadlock_timeout = '1h'");
        third.exec("BEGIN; " + touch("SELECT id FROM expected WHERE changed AND " + in_one_update, chance));
        support::Process process(scene().command({"--batch-size", "5000", "--jobs", "1", "--lock-timeout", "1m"}));
        wait_until_blocked(observer);
        const bool holds_some = observer.value("SELECT count(*) FROM (" + rows_of_the_run + ") AS rows") != "0";
        const bool struck = lock_rows_to_come(other, chance, in_one_update) > 0 && holds_some;
        std::future<void> wait_for_the_run;
        if (struck) {
            wait_for_the_run = std::async(std::launch::async, [&] { other.exec(touch(rows_of_the_run, chance)); });
            wait_until_blocked(observer, "other");
        }
        third.exec("COMMIT");
        if (struck) wait_for_the_run.get();
        other.exec("COMMIT");
        check_came_through(process.wait(), struck ? "deadlock detected" : "");
        return struck;
    };
    in_rounds("deadlock", 3, [&](Chance &chance) {
        until_struck([&] { return meets_a_deadlock(chance); });
        count_fault();
    });
}

TEST_CASE("where transactions are serializable by default, what cannot be serialized is tried again") {
    for (const std::string level : {"repeatable read", "serializable"}) {
        in_rounds(level, 2, [&](Chance &chance) {
            set_isolation(scene(), level);
            const Connection other = scene().connect(), observer = scene().connect();
            other.exec("BEGIN ISOLATION LEVEL READ COMMITTED; "
                       + touch("SELECT id FROM expected WHERE changed", chance));
            support::Process process(scene().command(some_batches(chance)));
            wait_until_blocked(observer);
            other.exec("COMMIT");
            check_came_through(process.wait(), "could not serialize access");
            count_fault();
            set_isolation(scene(), "read committed");
        });
    }
}

TEST_CASE("what another session writes beside our keys is kept, whoever comes first") {
    const Connection other = scene().connect();
    in_rounds("beside", 3, [&](Chance &chance) {
        support::Process process(scene().command(some_batches(chance)));
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
        REQUIRE_FALSE(seen.empty());
        count_fault();
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(summary(result, "Failed") == scene().failed);
        for (const auto &[id, number] : seen)
            CHECK(other.value("SELECT metadata->>'seen' FROM pcas_vectors WHERE id = '" + id + "'")
                  == std::to_string(number));
        other.exec("UPDATE pcas_vectors SET metadata = metadata - 'seen' WHERE metadata ? 'seen'");
        CHECK(scene().not_finished() == "");
        scene().reset();
    });
}

TEST_CASE("rows that another session deletes are gone, and cost nothing else") {
    std::size_t deleted = 0;
    const auto delete_some = [&deleted](Attempt &attempt) {
        const Connection other = attempt.scene.connect();
        other.exec("SET deadlock_timeout = '1h'"); // so that the run is the one that is ended
        attempt.resume();
        deleted = other
                      .query("DELETE FROM pcas_vectors WHERE id IN (SELECT id FROM expected "
                             + some_at_random(attempt.chance, 300) + ") RETURNING id")
                      .size();
        attempt.struck = attempt.still_runs();
        return attempt.result();
    };
    strike_in_rounds(scene(), "delete", 3, [&](Chance &chance, const Words &options, std::uint64_t bytes) {
        scene().reset();
        deleted = 0;
        Attempt attempt(scene(), chance, scene().command(options), bytes);
        const Result result = attempt.meet(delete_some);
        CHECK_MESSAGE(came_through(result), result.err);
        CHECK(summary(result, "Total events processed") == scene().events);
        CHECK(summary(result, "Failed") <= scene().failed);
        CHECK(scene().connect().value("SELECT count(*) FROM pcas_vectors AS v JOIN expected AS e USING (id) "
                                      "WHERE v.metadata IS DISTINCT FROM e.metadata")
              == "0");
        CHECK(scene().connect().value("SELECT (SELECT count(*) FROM expected) - count(*) FROM pcas_vectors")
              == std::to_string(deleted));
        return attempt.struck;
    });
    scene().reset();
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
        attempt.struck = attempt.still_runs();
        Result result = attempt.result();
        CHECK_MESSAGE(came_through(result), result.err);
        return result;
    });
}
