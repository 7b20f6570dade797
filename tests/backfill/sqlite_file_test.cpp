// Reading a SQLite file in each state in which it can be met, without leaving a trace. The server is another process,
// as in life: within one process SQLite and POSIX locks behave otherwise.
#include "event_source.hpp"
#include "file_check.hpp"
#include "process.hpp"
#include "sample_databases.hpp"
#include "sqlite_file.hpp"

#include <SQLiteCpp/Column.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace backfill;
using samples::contents_of;
using samples::SampleDatabase;
using samples::Server;

namespace {

std::string insert(const std::string &id) {
    return fmt::format("INSERT INTO events (id, type, source, specversion, time) "
                       "VALUES ('{}', 't', 's', '1.0', '2025-06-26T08:55:10Z')",
                       id);
}

std::size_t read_rest(EventSource &source) {
    std::vector<SourceEvent> page;
    std::size_t count = 0;
    while (source.next_page(2, page)) count += page.size();
    return count;
}

std::size_t read_all(const std::filesystem::path &path) {
    EventSource source(path);
    return read_rest(source);
}

std::string refusal(const std::filesystem::path &path) {
    try {
        read_all(path);
    } catch (const SourceError &error) {
        return error.what();
    }
    return "read";
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

// A directory with events.db of five events, the database closed.
struct Sample {
    support::TempDir directory;
    std::filesystem::path path = directory / "events.db";

    explicit Sample(bool wal) {
        SampleDatabase database(path);
        if (wal) database.wal();
        database.create_events();
        for (const char *id : {"1", "2", "3", "4", "5"}) database.add({id});
    }
    bool has(const char *suffix) const { return std::filesystem::exists(path.native() + suffix); }
};

// The same directory as after a crash of the server: -wal and -shm are there, and nobody has them open.
void crash_server_in(const Sample &sample, int rows) {
    Server server(sample.path);
    for (int row = 0; row < rows; ++row) server.execute(insert(fmt::format("w{}", row)));
    server.kill();
    REQUIRE(sample.has("-wal"));
    REQUIRE(sample.has("-shm"));
}

} // namespace

TEST_CASE("a database that nobody has open is read without a trace, in either journal mode") {
    for (const bool wal : {false, true}) {
        CAPTURE(wal);
        const Sample sample(wal);
        const auto before = contents_of(sample.directory.path());
        REQUIRE(before.size() == 1);
        CHECK(read_all(sample.path) == 5);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("what a running server has only in its WAL is read, and nothing is written beside it") {
    const Sample sample(true);
    Server server(sample.path);
    server.execute(insert("6"));
    const auto before = contents_of(sample.directory.path());
    REQUIRE(before.size() == 3);
    CHECK(read_all(sample.path) == 6);
    CHECK(contents_of(sample.directory.path()) == before);
}

TEST_CASE("a crashed server's WAL is read, with its -shm and without, and left as it is") {
    for (const bool shared_memory : {true, false}) {
        CAPTURE(shared_memory);
        const Sample sample(true);
        crash_server_in(sample, 3);
        if (!shared_memory) std::filesystem::remove(sample.path.native() + "-shm");
        const auto before = contents_of(sample.directory.path());
        CHECK(read_all(sample.path) == 8);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("a -shm alone, and an empty -wal, are left as they are") {
    for (const char *suffix : {"-shm", "-wal"}) {
        CAPTURE(suffix);
        const Sample sample(true);
        support::write_file(sample.path.native() + suffix, "");
        const auto before = contents_of(sample.directory.path());
        CHECK(read_all(sample.path) == 5);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("the server may write, check the WAL in, and empty it between pages and not be hindered") {
    const Sample sample(true);
    Server server(sample.path);
    EventSource source(sample.path);
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(2, page));
    server.execute(insert("6"));
    server.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK(std::filesystem::file_size(sample.path.native() + "-wal") == 0); // no reader stood in the way
    REQUIRE(source.next_page(2, page));
    server.execute(insert("7"));
    CHECK(read_rest(source) == 1); // what came after the start is the server's own business
    CHECK(source.event_count() == 5);
}

TEST_CASE("a server that starts in the middle of the run is followed, and may stop as it always does") {
    const Sample sample(true);
    EventSource source(sample.path);
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(2, page));
    {
        Server server(sample.path);
        server.execute(insert("6"));
        server.execute("UPDATE events SET user_id = 'late' WHERE id = '3'");
        REQUIRE(sample.has("-wal"));
        REQUIRE(source.next_page(1, page));
        CHECK(std::get<Event>(page.at(0)).user_id == "late");
        server.stop();
        CHECK_FALSE(sample.has("-wal")); // checked in and removed: our being there did not keep it from that
        CHECK_FALSE(sample.has("-shm"));
    }
    CHECK(read_rest(source) == 2);
    CHECK(contents_of(sample.directory.path()).size() == 1);
}

TEST_CASE("a database that a server turns to WAL mode in the middle of the run is read on") {
    const Sample sample(false);
    EventSource source(sample.path);
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(1, page));
    Server server(sample.path);
    REQUIRE(source.next_page(1, page));
    server.execute("UPDATE events SET user_id = 'late' WHERE id = '3'");
    REQUIRE(source.next_page(1, page));
    CHECK(std::get<Event>(page.at(0)).user_id == "late");
    server.stop();
    CHECK(read_rest(source) == 2);
    CHECK(contents_of(sample.directory.path()).size() == 1);
}

TEST_CASE("a column that the server adds in the middle of the run is read from then on") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").wal().create_events(samples::EventsTable::oldest).add({"1"}).add({"2"});
    EventSource source(directory / "events.db");
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(1, page));
    Server server(directory / "events.db");
    server.execute("ALTER TABLE events ADD COLUMN user_id TEXT");
    server.execute("UPDATE events SET user_id = 'new'");
    REQUIRE(source.next_page(1, page));
    CHECK(std::get<Event>(page.at(0)).user_id == "new");
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
    EventSource source(directory / "events.db");
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(2, page));
    server.execute("DELETE FROM events WHERE id = '1'");
    server.execute("VACUUM");
    CHECK_THROWS_WITH_AS(source.next_page(2, page), doctest::Contains("was reorganised (VACUUM)"), SourceError);
}

TEST_CASE("a server that writes all the time loses no event to the reader") {
    const Sample sample(true);
    Server server(sample.path);
    for (int round = 0; round < 200; ++round) server.execute(insert(fmt::format("r{}", round)));
    EventSource source(sample.path);
    std::vector<SourceEvent> page;
    std::size_t count = 0;
    while (source.next_page(3, page)) {
        count += page.size();
        server.execute(insert(fmt::format("late{}", count)));
        server.execute(fmt::format("UPDATE events SET data = hex(randomblob(3000)) WHERE id = 'r{}'", count % 200));
    }
    CHECK(count == 205);
}

TEST_CASE("a link is followed to where the WAL lies, and a path may hold any character") {
    support::TempDir directory;
    const auto odd = directory / "a ?#%41&=ü.db";
    SampleDatabase(odd).wal().create_events().add({"1"});
    std::filesystem::create_directory(directory / "links");
    std::filesystem::create_symlink(odd, directory / "links/events.db");
    Server server(odd);
    server.execute(insert("2"));
    const auto before = contents_of(directory / "links");
    CHECK(read_all(directory / "links/events.db") == 2);
    CHECK(read_all(odd) == 2);
    CHECK(contents_of(directory / "links").size() == before.size());
}

TEST_CASE("a read-only mount is read, in either journal mode and with a crashed server's WAL") {
    for (const int kind : {0, 1, 2}) {
        CAPTURE(kind);
        const Sample sample(kind > 0);
        if (kind == 2) crash_server_in(sample, 3);
        support::TempDir mount;
        const char *from = sample.directory.path().c_str(), *to = mount.path().c_str();
        if (::mount(from, to, nullptr, MS_BIND, nullptr) != 0) {
            MESSAGE("not tried: mounting needs root");
            return;
        }
        const bool read_only = ::mount(nullptr, to, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
        const std::size_t count = read_only ? read_all(mount / "events.db") : 0;
        ::umount(to);
        CHECK(read_only);
        CHECK(count == (kind == 2 ? 8 : 5));
    }
}

TEST_CASE("a directory in which we may not write is read") {
    const Sample sample(true);
    std::filesystem::permissions(sample.directory.path(), std::filesystem::perms(0555));
    std::filesystem::permissions(sample.path, std::filesystem::perms(0444));
    CHECK(read_all(sample.path) == 5);
    std::filesystem::permissions(sample.directory.path(), std::filesystem::perms(0755));
}

TEST_CASE("a crashed server's rollback journal is not touched, and the user is told what to do") {
    const Sample sample(false);
    {
        // A journal as a crash leaves it: copied while a transaction was being written.
        SampleDatabase database(sample.path);
        database.database().exec("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE");
        database.database().exec("UPDATE events SET data = hex(randomblob(20000))");
        std::filesystem::copy_file(sample.path.native() + "-journal", sample.directory / "copy.db-journal");
        std::filesystem::copy_file(sample.path, sample.directory / "copy.db");
    }
    const auto before = contents_of(sample.directory.path());
    CHECK(contains(refusal(sample.directory / "copy.db"), "start and stop PCAS once"));
    CHECK(contents_of(sample.directory.path()) == before);
}

TEST_CASE("a file that is no database is refused, each with what it is") {
    support::TempDir directory;
    const auto file = [&directory](const char *name, const std::string &bytes) {
        support::write_file(directory / name, bytes);
        return refusal(directory / name);
    };
    CHECK(contains(refusal(directory / "missing.db"), "there is no file"));
    CHECK(contains(refusal(directory.path()), "is a directory"));
    CHECK(contains(refusal("/dev/null"), "is not a regular file"));
    CHECK(contains(file("empty.db", ""), "is empty"));
    CHECK(contains(file("short.db", "SQLite format 3"), "is not an SQLite database, or is encrypted"));
    CHECK(contains(file("noise.db", std::string(8192, 'x')), "is not an SQLite database, or is encrypted"));
    ::mkfifo((directory / "fifo").c_str(), 0600);
    CHECK(contains(refusal(directory / "fifo"), "is not a regular file"));
    std::filesystem::create_symlink("loop", directory / "loop");
    CHECK(contains(refusal(directory / "loop"), "cannot read"));
}

TEST_CASE("a damaged or truncated database is refused in SQLite's words") {
    const Sample sample(false);
    const std::string whole = support::read_file(sample.path);
    support::write_file(sample.path, whole.substr(0, whole.size() / 2));
    CHECK(contains(refusal(sample.path), "is damaged"));
    std::string scrambled = whole;
    for (std::size_t at = 100; at < scrambled.size(); ++at) scrambled[at] = static_cast<char>(at * 37);
    support::write_file(sample.path, scrambled);
    CHECK(contains(refusal(sample.path), "is damaged"));
}

TEST_CASE("a file that somebody replaces or removes in the middle of the run ends it") {
    const Sample sample(false), other(false);
    std::vector<SourceEvent> page;
    EventSource replaced(sample.path);
    REQUIRE(replaced.next_page(1, page));
    std::filesystem::rename(other.path, sample.path);
    CHECK_THROWS_WITH_AS(replaced.next_page(1, page), doctest::Contains("was replaced by another file"), SourceError);
    EventSource removed(sample.path);
    std::filesystem::remove(sample.path);
    CHECK_THROWS_WITH_AS(removed.next_page(1, page), doctest::Contains("is no longer there"), SourceError);
}

TEST_CASE("a file that stays locked is given up on with a message") {
    const Sample sample(false);
    Server server(sample.path, "DELETE");
    server.execute("BEGIN EXCLUSIVE");
    CHECK(contains(refusal(sample.path), "stayed locked by another program"));
}

TEST_CASE("through read-only files nothing can be created, written or deleted") {
    support::TempDir directory;
    const Sample sample(false);
    const ReadOnlyFiles files("unix");
    const auto open = [&files](const std::filesystem::path &path) {
        SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, files.name());
        database.exec("DELETE FROM events");
    };
    CHECK_THROWS(open(directory / "new.db"));
    CHECK(contents_of(directory.path()).empty());
    const auto before = contents_of(sample.directory.path());
    CHECK_THROWS(open(sample.path));
    CHECK(contents_of(sample.directory.path()) == before);
    CHECK_THROWS_AS(ReadOnlyFiles("no-such-base"), SourceError);
}
