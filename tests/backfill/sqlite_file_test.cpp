// A SQLite file in each state in which it can be found, read without leaving a trace; and what is no such file, refused.
// Servers are other processes, as in life: within one process SQLite and POSIX locks behave otherwise.
#include "process.hpp"
#include "reading.hpp"
#include "sample_databases.hpp"
#include "server.hpp"
#include "sqlite_file.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>

using namespace backfill;
using namespace reading;
using samples::contents_of;
using samples::crash_server_in;
using samples::files_in;
using samples::insert;
using samples::Sample;
using samples::SampleDatabase;
using samples::Server;

TEST_CASE("a database that nobody has open is read without a trace, in either journal mode") {
    for (const bool wal : {false, true}) {
        CAPTURE(wal);
        const Sample sample(wal);
        const auto before = contents_of(sample.directory.path());
        REQUIRE(files_in(sample.directory.path()) == "events.db");
        CHECK(all_of(sample.path).size() == 5);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("a crashed server's WAL is read, with its -shm and without, and left as it is") {
    for (const bool shared_memory : {true, false}) {
        CAPTURE(shared_memory);
        const Sample sample(true);
        crash_server_in(sample, 3);
        if (!shared_memory) std::filesystem::remove(sample.path.native() + "-shm");
        const auto before = contents_of(sample.directory.path());
        CHECK(all_of(sample.path).size() == 8);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("a -shm alone, and an empty -wal, are left as they are") {
    for (const char *suffix : {"-shm", "-wal"}) {
        CAPTURE(suffix);
        const Sample sample(true);
        support::write_file(sample.path.native() + suffix, "");
        const auto before = contents_of(sample.directory.path());
        CHECK(all_of(sample.path).size() == 5);
        CHECK(contents_of(sample.directory.path()) == before);
    }
}

TEST_CASE("a link is followed to where the WAL lies, and a path may hold any character") {
    support::TempDir directory;
    const auto odd = directory / "a ?#%41&=ü.db";
    SampleDatabase(odd).wal().create_events().add({"1"});
    std::filesystem::create_directory(directory / "links");
    std::filesystem::create_symlink(odd, directory / "links/events.db");
    Server server(odd);
    server.execute(insert("2"));
    CHECK(all_of(directory / "links/events.db").size() == 2);
    CHECK(all_of(odd).size() == 2);
    CHECK(files_in(directory / "links") == "events.db");
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
        const std::size_t count = read_only ? all_of(mount / "events.db").size() : 0;
        ::umount(to);
        CHECK(read_only);
        CHECK(count == (kind == 2 ? 8 : 5));
    }
}

TEST_CASE("a directory in which we may not write is read") {
    const Sample sample(true);
    std::filesystem::permissions(sample.directory.path(), std::filesystem::perms(0555));
    std::filesystem::permissions(sample.path, std::filesystem::perms(0444));
    CHECK(all_of(sample.path).size() == 5);
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

TEST_CASE("a database with a few wrong bytes is read or refused, and nothing worse") {
    const Sample sample(false);
    const std::string whole = support::read_file(sample.path);
    int refused = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        std::mt19937 chance(seed);
        std::string damaged = whole;
        for (unsigned byte = 0; byte < 1 + seed % 64; ++byte)
            damaged[16 + chance() % (damaged.size() - 16)] = static_cast<char>(chance());
        support::write_file(sample.path, damaged);
        try {
            EventSource source(sample.path, 1 + seed % 3);
            rest_of(source); // perhaps not all: the command compares how many there were to be
        } catch (const SourceError &) {
            ++refused;
        }
        CHECK(support::read_file(sample.path) == damaged);
        CHECK(files_in(sample.directory.path()) == "events.db");
    }
    CHECK(refused > 100);
    CHECK(refused < 300);
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
    CHECK(files_in(directory.path()) == "");
    const auto before = contents_of(sample.directory.path());
    CHECK_THROWS(open(sample.path));
    CHECK(contents_of(sample.directory.path()) == before);
    CHECK_THROWS_AS(ReadOnlyFiles("no-such-base"), SourceError);
}
