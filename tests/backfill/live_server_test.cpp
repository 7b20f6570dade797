// A file that changes while it is read: servers that start, write, stop and take away, between two pages or within one.
#include "event_source.hpp"
#include "process.hpp"
#include "reading.hpp"
#include "sample_databases.hpp"
#include "server.hpp"
#include "sqlite_file.hpp"

#include <SQLiteCpp/Column.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

using namespace backfill;
using namespace reading;
using samples::contents_of;
using samples::crash_server_in;
using samples::files_in;
using samples::insert;
using samples::Sample;
using samples::SampleDatabase;
using samples::Server;

TEST_CASE("what a running server has only in its WAL is read, and nothing is written beside it") {
    const Sample sample(true);
    Server server(sample.path);
    server.execute(insert("6"));
    const auto before = contents_of(sample.directory.path());
    REQUIRE(files_in(sample.directory.path()) == "events.db events.db-shm events.db-wal");
    CHECK(all_of(sample.path).size() == 6);
    CHECK(contents_of(sample.directory.path()) == before);
}

TEST_CASE("the server may write, check the WAL in, and empty it between pages and not be hindered") {
    const Sample sample(true);
    Server server(sample.path);
    EventSource source(sample.path, 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(2)).empty());
    server.execute(insert("6"));
    server.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(std::filesystem::file_size(sample.path.native() + "-wal") == 0); // no reader stood in the way
    REQUIRE_FALSE((page = source.next(2)).empty());
    server.execute(insert("7"));
    CHECK(rest_of(source).size() == 1); // what came after the start is the server's own business
    CHECK(source.event_count() == 5);
}

TEST_CASE("a server that starts in the middle of the run is followed, and may stop as it always does") {
    const Sample sample(true);
    EventSource source(sample.path, 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(2)).empty());
    {
        Server server(sample.path);
        server.execute(insert("6"));
        server.execute("UPDATE events SET user_id = 'late' WHERE id = '3'");
        // As if it had been there for long: what is old must not pass for unchanged.
        const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
        std::filesystem::last_write_time(sample.path, long_ago);
        std::filesystem::last_write_time(sample.path.native() + "-wal", long_ago);
        REQUIRE_FALSE((page = source.next(1)).empty());
        CHECK(std::get<Event>(page[0]).user_id == "late");
        server.stop();
        CHECK_FALSE(sample.has("-wal")); // checked in and removed: our being there did not keep it from that
        CHECK_FALSE(sample.has("-shm"));
    }
    CHECK(rest_of(source).size() == 2);
    CHECK(files_in(sample.directory.path()) == "events.db");
}

TEST_CASE("a database that a server turns to WAL mode in the middle of the run is read on") {
    const Sample sample(false);
    EventSource source(sample.path, 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(1)).empty());
    Server server(sample.path);
    REQUIRE_FALSE((page = source.next(1)).empty());
    server.execute("UPDATE events SET user_id = 'late' WHERE id = '3'");
    REQUIRE_FALSE((page = source.next(1)).empty());
    CHECK(std::get<Event>(page[0]).user_id == "late");
    server.stop();
    CHECK(rest_of(source).size() == 2);
    CHECK(files_in(sample.directory.path()) == "events.db");
}

TEST_CASE("a database that a server turned to WAL mode and left is read on, and no -wal is made") {
    const Sample sample(false);
    EventSource source(sample.path, 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(1)).empty());
    Server(sample.path).stop();
    const auto before = contents_of(sample.directory.path());
    REQUIRE(files_in(sample.directory.path()) == "events.db");
    CHECK(rest_of(source).size() == 4);
    CHECK(contents_of(sample.directory.path()) == before);
}

TEST_CASE("what was read without a lock while a server came and went is read again") {
    for (const bool wal_left : {false, true}) {
        CAPTURE(wal_left);
        const Sample sample(true);
        if (wal_left) {
            crash_server_in(sample, 1);
            std::filesystem::remove(sample.path.native() + "-shm");
        }
        SqliteFile file(sample.path);
        int calls = 0, count = 0;
        file.read([&](SQLite::Database &database) {
            if (++calls == 1) {
                Server server(sample.path);
                server.execute(insert("6"));
                server.stop();
            }
            count = database.execAndGet("SELECT count(*) FROM events").getInt();
        });
        CHECK(calls == 2);
        CHECK(count == (wal_left ? 7 : 6));
    }
}

TEST_CASE("a file without locks that was written a moment ago is read when its time stamp can tell the next writing") {
    const Sample sample(true);
    SqliteFile file(sample.path);
    using Clock = std::filesystem::file_time_type::clock;
    const auto written = Clock::now();
    std::filesystem::last_write_time(sample.path, written);
    auto read = written;
    file.read([&read](SQLite::Database &) { read = Clock::now(); });
    CHECK(read - written >= std::chrono::milliseconds(20));
}

TEST_CASE("a server that keeps the database for itself, its WAL's index in its own memory, is read around") {
    const Sample sample(false);
    Server server(sample.path, "DELETE");
    server.execute("PRAGMA locking_mode = EXCLUSIVE");
    server.execute("PRAGMA journal_mode = WAL");
    server.execute(insert("6"));
    REQUIRE(sample.has("-wal"));
    REQUIRE_FALSE(sample.has("-shm"));
    const auto before = contents_of(sample.directory.path());
    CHECK(all_of(sample.path).size() == 6);
    CHECK(contents_of(sample.directory.path()) == before);
}

TEST_CASE("an event that is copied to the graph in the middle of the run is read where it was") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").wal().create_events().create_graph().add({"1"}).add({"2"}).add_node({"3"});
    EventSource source(directory / "events.db", 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(1)).empty());
    Server server(directory / "events.db");
    server.execute(R"(INSERT INTO nodes (id, type, content) VALUES ('2', 'event', '{"type":"t","source":"s"}'))");
    CHECK(rest_of(source).size() == 2);
    CHECK(source.event_count() == 3);
}

TEST_CASE("a column that the server adds in the middle of the run is read from then on") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").wal().create_events(samples::EventsTable::oldest).add({"1"}).add({"2"});
    EventSource source(directory / "events.db", 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(1)).empty());
    Server server(directory / "events.db");
    server.execute("ALTER TABLE events ADD COLUMN user_id TEXT");
    server.execute("UPDATE events SET user_id = 'new'");
    REQUIRE_FALSE((page = source.next(1)).empty());
    CHECK(std::get<Event>(page[0]).user_id == "new");
}

TEST_CASE("a table that the server removes in the middle of the run ends it") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").wal().create_events().create_graph().add({"1"}).add({"2"}).add_node({"3"});
    EventSource source(directory / "events.db", 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(1)).empty());
    Server(directory / "events.db").execute("DROP TABLE events");
    CHECK_THROWS_WITH_AS(source.next(1), doctest::Contains("table 'events' was removed from"), SourceError);
}

TEST_CASE("rows that VACUUM moves in the middle of the run end it, rather than being missed") {
    support::TempDir directory;
    // Without an index VACUUM numbers the rows anew; with PCAS's primary key it happens not to, but may.
    SampleDatabase(directory / "events.db")
        .wal()
        .database()
        .exec("CREATE TABLE events (id TEXT, type TEXT, source TEXT);"
              "INSERT INTO events VALUES ('1', 't', 's'), ('2', 't', 's'), ('3', 't', 's')");
    Server server(directory / "events.db");
    EventSource source(directory / "events.db", 1);
    std::span<SourceEvent> page;
    REQUIRE_FALSE((page = source.next(2)).empty());
    server.execute("DELETE FROM events WHERE id = '1'");
    server.execute("VACUUM");
    CHECK_THROWS_WITH_AS(source.next(2), doctest::Contains("was reorganised (VACUUM)"), SourceError);
}

TEST_CASE("a server that writes all the time loses no event to the reader") {
    const Sample sample(true);
    Server server(sample.path);
    for (int round = 0; round < 200; ++round) server.execute(insert(fmt::format("r{}", round)));
    EventSource source(sample.path, 1);
    std::span<SourceEvent> page;
    std::size_t count = 0;
    while (!(page = source.next(3)).empty()) {
        count += page.size();
        server.execute(insert(fmt::format("late{}", count)));
        server.execute(fmt::format("UPDATE events SET data = hex(randomblob(3000)) WHERE id = 'r{}'", count % 200));
    }
    CHECK(count == 205);
}

TEST_CASE("a file that somebody replaces or removes in the middle of the run ends it") {
    const Sample sample(false), other(false);
    std::span<SourceEvent> page;
    EventSource replaced(sample.path, 1);
    REQUIRE_FALSE((page = replaced.next(1)).empty());
    std::filesystem::rename(other.path, sample.path);
    CHECK_THROWS_WITH_AS(replaced.next(1), doctest::Contains("was replaced by another file"), SourceError);
    EventSource removed(sample.path, 1);
    std::filesystem::remove(sample.path);
    CHECK_THROWS_WITH_AS(removed.next(1), doctest::Contains("is no longer there"), SourceError);
}
