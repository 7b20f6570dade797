// Checkpoints: what is written is read again, and nothing else is taken for one.
#include "checkpoint_file.hpp"
#include "file_error.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace backfill;
namespace fs = std::filesystem;

namespace {

Checkpoint sample() {
    Checkpoint checkpoint;
    checkpoint.position.events = Mark{-7, {"e\"7\n"}};
    checkpoint.position.graph = Mark{9'223'372'036'854'775'807, {"\xFF"}};
    checkpoint.witness = EventId{"\xF0\x9F\x98\x80"};
    checkpoint.tally = {1, 2, 3, 4};
    checkpoint.target = {"7301", "pcas", "public.pcas_vectors", "16389"};
    return checkpoint;
}

std::string flaw_of(const std::string &text) {
    try {
        parse_checkpoint(text);
    } catch (const std::invalid_argument &flaw) {
        return flaw.what();
    }
    return "none";
}

// The sample's text with one part of it replaced.
std::string changed(const std::string &part, const std::string &by) {
    std::string text = to_text(sample());
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), by);
}

std::string refusal(const fs::path &path) {
    try {
        CheckpointFile(path).read();
    } catch (const FileError &error) {
        return error.what();
    }
    return "read";
}

// For root nothing is forbidden: until this ends the test is somebody else, who owns the directory. An ordinary user stays who
// they are.
class OrdinaryUser {
public:
    explicit OrdinaryUser(const support::TempDir &directory) {
        if (is_root_ && (::chown(directory.path().c_str(), somebody, somebody) != 0 || ::seteuid(somebody) != 0))
            throw std::runtime_error("cannot become an ordinary user");
    }
    ~OrdinaryUser() {
        if (is_root_ && ::seteuid(0) != 0) std::abort();
    }
    OrdinaryUser(const OrdinaryUser &) = delete;
    OrdinaryUser &operator=(const OrdinaryUser &) = delete;

private:
    static constexpr uid_t somebody = 65534;
    bool is_root_ = ::geteuid() == 0;
};

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a checkpoint is read as it was written") {
    CHECK(parse_checkpoint(to_text(sample())) == sample());
    CHECK(parse_checkpoint(to_text(Checkpoint())) == Checkpoint());
    Checkpoint finished = sample();
    finished.finished = true;
    CHECK(parse_checkpoint(to_text(finished)) == finished);
}

TEST_CASE("what is not whole, or not a checkpoint, is told what is wrong with it") {
    const std::string text = to_text(sample());
    for (std::size_t length = 0; length + 2 < text.size(); ++length)
        CHECK_MESSAGE(flaw_of(text.substr(0, length)) == "it is not well-formed JSON", length);
    CHECK(flaw_of("[]") == "it is not a JSON object");
    CHECK(flaw_of("{}") == "it has no 'format'");
    CHECK(flaw_of(text + "x") == "it is not well-formed JSON");
    CHECK(flaw_of(changed("backfill checkpoint", "report")) == "it is not a pcasctl backfill checkpoint");
    CHECK(contains(flaw_of(changed("\"version\": 1", "\"version\": 2")), "another version than 1"));
    CHECK(contains(flaw_of(changed("\"extraction\": 1", "\"extraction\": 0")), "extracted other metadata"));
    CHECK(flaw_of(changed("\"finished\": false", "\"finished\": 0")) == "it: 'finished' is not true or false");
    CHECK(flaw_of(changed("\"finished\": false", "\"finished\": false, \"more\": 1"))
          == "it has a 'more', which no checkpoint has");
    CHECK(flaw_of(changed("\"rowid\": -7", "\"rowid\": 1.5")) == "events: 'rowid' is not an integer in range");
    CHECK(flaw_of(changed("9223372036854775807", "9223372036854775808"))
          == "nodes: 'rowid' is not an integer in range");
    CHECK(flaw_of(changed("\"failed\": 4", "\"failed\": -4")) == "counts: 'failed' is not an integer in range");
    CHECK(flaw_of(changed("\"pcas\"", "null")) == "target: 'database' is not a text");
    CHECK(flaw_of(changed("\"id_hex\": \"ff\"", "\"id_hex\": \"fg\"")) == "nodes has no id");
    CHECK(flaw_of(changed("\"id_hex\": \"ff\"", "\"id_hex\": \"f\"")) == "nodes has no id");
    CHECK(flaw_of(changed("\"id_hex\": \"ff\"", "\"id_hex\": \"ff\", \"id\": \"\"")) == "nodes has no id");
}

TEST_CASE("a checkpoint replaces the one before, for its owner's eyes only, and leaves nothing beside it") {
    support::TempDir directory;
    CheckpointFile file(directory / "c");
    CHECK_FALSE(file.read());
    file.write(Checkpoint());
    ::chmod((directory / "c").c_str(), 0644);
    file.write(sample());
    CHECK(file.read() == sample());
    CHECK(fs::status(directory / "c").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a checkpoint that cannot be written leaves the one before as it was") {
    support::TempDir directory;
    CheckpointFile file(directory / "c");
    file.write(sample());
    fs::remove(directory / "c");
    fs::create_directory(directory / "c");
    CHECK_THROWS_WITH_AS(file.write(sample()), doctest::Contains("cannot write"), FileError);
    CHECK(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()) == 1);
    CHECK_THROWS_WITH_AS(CheckpointFile(directory / "no" / "c").write(sample()),
                         doctest::Contains("No such file or directory"), FileError);
}

TEST_CASE("a checkpoint is one run's at a time") {
    support::TempDir directory;
    CheckpointFile next(directory / "c");
    {
        CheckpointFile first(directory / "c");
        first.lock(); // there is none yet
        for (int written = 0; written < 2; ++written) {
            first.write(sample());
            CHECK_THROWS_WITH_AS(next.lock(), doctest::Contains("another run goes on from"), FileError);
        }
    }
    next.lock();
    CheckpointFile last(directory / "c");
    CHECK_THROWS_AS(last.lock(), FileError);
    CHECK(last.read() == sample()); // a dry run may look
}

TEST_CASE("of two runs that begin at the same time, both without a checkpoint, one takes it") {
    support::TempDir directory;
    CheckpointFile first(directory / "c"), second(directory / "c");
    first.lock();
    second.lock();
    first.write(sample());
    CHECK_THROWS_WITH_AS(second.write(Checkpoint()), doctest::Contains("another run goes on from"), FileError);
    first.write(sample());
    CHECK(first.read() == sample());
    CHECK(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a checkpoint that its owner may not write to is told from one that another run goes on from") {
    const support::TempDir directory;
    const OrdinaryUser user(directory);
    const std::string path = directory / "c";
    CheckpointFile(path).write(sample());
    ::chmod(path.c_str(), 0400);
    CheckpointFile file(path);
    file.lock();
    CHECK(file.read() == sample());
    const std::string complaint =
        "--checkpoint: cannot write " + path + ": Permission denied: 'chmod u+w " + path + "'";
    CHECK_THROWS_WITH_AS(file.write(Checkpoint()), doctest::Contains(complaint.c_str()), FileError);
    CHECK(file.read() == sample());
    CHECK(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()) == 1);

    ::chmod(path.c_str(), 0600);
    file.lock();
    file.write(Checkpoint());
    CHECK(file.read() == Checkpoint());
}

TEST_CASE("a file that others could have put there is no checkpoint") {
    support::TempDir directory;
    const fs::path path = directory / "c";
    CheckpointFile(path).write(sample());
    CHECK(refusal(path) == "read");
    ::chmod(path.c_str(), 0620);
    CHECK(contains(refusal(path), "other users may write to it. Remove it to begin again"));
    ::chmod(path.c_str(), 0600);
    if (::geteuid() == 0) {
        REQUIRE(::chown(path.c_str(), 12345, 12345) == 0);
        CHECK(contains(refusal(path), "it belongs to another user (uid 12345)"));
        REQUIRE(::chown(path.c_str(), 0, 0) == 0);
    }
    fs::create_symlink(path, directory / "link");
    CHECK(contains(refusal(directory / "link"), "it is a symbolic link"));
    CHECK(contains(refusal(directory.path()), "it is not a regular file"));
    support::write_file(path, "");
    CHECK(contains(refusal(path), "it is not well-formed JSON"));
}
