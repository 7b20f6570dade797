// Failures as --report records them, and ids as --only-ids reads them: from a report, or from a plain list.
#include "failure.hpp"
#include "failure_file.hpp"
#include "file_error.hpp"
#include "id_list.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

using namespace backfill;

namespace {

struct Listed {
    std::vector<std::string> ids;
    bool is_report;
    bool cut_short;
};

Listed read_list(const std::filesystem::path &path) {
    IdList list(path);
    Listed listed{};
    while (auto id = list.next()) listed.ids.push_back(id->text);
    listed.is_report = list.is_report();
    listed.cut_short = list.cut_short();
    return listed;
}

using Ids = std::vector<std::string>;

// A file that holds `bytes`.
struct File {
    explicit File(const std::string &bytes = {}) { support::write_file(path, bytes); }

    support::TempDir directory;
    std::filesystem::path path = directory / "file";
};

// No file of this process grows beyond so many bytes, as on a disk that is full.
class LargestFile {
public:
    explicit LargestFile(rlim_t bytes) {
        REQUIRE((std::signal(SIGXFSZ, SIG_IGN) != SIG_ERR));
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit limit{bytes, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    ~LargestFile() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    LargestFile(const LargestFile &) = delete;
    LargestFile &operator=(const LargestFile &) = delete;

private:
    rlimit before_{};
};

} // namespace

TEST_CASE("a failure is one line of JSON") {
    CHECK(to_record({{"e1"}, FailureKind::rejected, "no"})
          == R"({"id":"e1","kind":"failed","reason":"no"})"
             "\n");
    CHECK(to_record({{"a\"\n"}, FailureKind::no_vector, "x\ny"})
          == R"({"id":"a\"\n","kind":"no_vector","reason":"x\ny"})"
             "\n");
    CHECK(to_record({{"\xFF"}, FailureKind::unreadable, "\xFF"})
          == "{\"id_hex\":\"ff\",\"kind\":\"unreadable\",\"reason\":\"\xEF\xBF\xBD\"}\n");
    CHECK(to_record({{"e1"}, FailureKind::no_event, ""})
          == R"({"id":"e1","kind":"no_event","reason":""})"
             "\n");
}

TEST_CASE("every id survives a record") {
    for (const std::string &id : Ids{"e1", "", "{\"a\"}", "\xFF\xFE", std::string("a\0b", 3), "\xF0\x9F\x98\x80",
                                     "\r\n", std::string(1 << 20, '\x01')})
        CHECK(id_of_record(to_record({{id}, FailureKind::rejected, "\xC0"})) == EventId{id});
}

TEST_CASE("what names no id is no record") {
    for (const char *line :
         {"", "e1", "{", "{}", "[]", "\"e1\"", R"({"id":1})", R"({"id":"a","id_hex":"61"})", R"({"id_hex":"6"})",
          R"({"id_hex":"+1"})", R"({"id_hex":7})", R"({"x":{"id":"a"}})", "{\"id\":\"\xFF\"}"})
        CHECK_MESSAGE(!id_of_record(line), line);
    CHECK(id_of_record(R"({"id":"a","more":[[[{"id":"b"}]]]})") == EventId{"a"});
    CHECK_FALSE(id_of_record("{\"id\":" + std::string(1'000'000, '[')));
}

TEST_CASE("a plain list is taken line by line as it stands") {
    CHECK(read_list(File("e1\n\n e2 \r\n#3\n{\"a\"}\n\xFF\nlast").path).ids
          == Ids{"e1", " e2 ", "#3", "{\"a\"}", "\xFF", "last"});
    CHECK(read_list(File("e1\n{\"id\":\"e2\"}\n").path).ids == Ids{"e1", "{\"id\":\"e2\"}"});
    CHECK(read_list(File("").path).ids.empty());
    CHECK(read_list(File("\n\r\n").path).ids.empty());
    CHECK_FALSE(read_list(File("e1\n").path).is_report);
}

TEST_CASE("lines longer than what is read at a time come whole, and endless ones end the run") {
    const std::string one(100'000, 'a'), two(3'000'000, 'b');
    CHECK(read_list(File("x\n" + one + "\n" + two + "\ny").path).ids == Ids{"x", one, two, "y"});
    CHECK_THROWS_WITH_AS(read_list("/dev/zero"), doctest::Contains("line 1 of /dev/zero is longer than 16 MiB"),
                         FileError);
}

TEST_CASE("a report gives the ids of its records, and ends where a killed run left it") {
    const std::string records =
        to_record({{"e1"}, FailureKind::rejected, "no"}) + to_record({{"\xFF"}, FailureKind::no_vector, ""});
    const Listed whole = read_list(File("\n" + records).path);
    CHECK(whole.ids == Ids{"e1", "\xFF"});
    CHECK(whole.is_report);
    CHECK_FALSE(whole.cut_short);

    CHECK_FALSE(read_list(File(records.substr(0, records.size() - 1)).path).cut_short);
    const Listed cut = read_list(File(records.substr(0, records.size() - 2)).path);
    CHECK(cut.ids == Ids{"e1"});
    CHECK(cut.cut_short);

    CHECK_THROWS_WITH_AS(read_list(File(records + "e3\n" + records).path), doctest::Contains("line 3 of"), FileError);
}

TEST_CASE("a list that cannot be read is said to be") {
    support::TempDir directory;
    CHECK_THROWS_WITH_AS(read_list(directory / "none"), doctest::Contains("No such file or directory"), FileError);
    CHECK_THROWS_WITH_AS(read_list(directory.path()), doctest::Contains("Is a directory"), FileError);
}

TEST_CASE("a report is begun anew, or gone on with behind its last whole record") {
    const File file(to_record({{"old"}, FailureKind::rejected, std::string(10'000, 'x')}) + "{\"id\":\"to");
    {
        FailureFile report(file.path, FailureFile::Earlier::kept);
        CHECK_THROWS_WITH_AS(FailureFile(file.path, FailureFile::Earlier::kept),
                             doctest::Contains("another run is writing to"), FileError);
        report.begin();
        report.add({{"new"}, FailureKind::no_vector, ""});
        CHECK(read_list(file.path).ids == Ids{"old"});
        report.flush();
        CHECK(read_list(file.path).ids == Ids{"old", "new"});
    }
    FailureFile report(file.path, FailureFile::Earlier::replaced);
    CHECK(read_list(file.path).ids == Ids{"old", "new"}); // the run may still not come about
    report.begin();
    CHECK(read_list(file.path).ids.empty());
    report.add({{"newest"}, FailureKind::no_vector, ""});
    report.flush();
    report.sync();
    CHECK(read_list(file.path).ids == Ids{"newest"});
}

TEST_CASE("a report that holds nothing but a part of a record is begun anew") {
    const File file(std::string("{\"id\":\"e1\"}"));
    FailureFile report(file.path, FailureFile::Earlier::kept);
    report.begin();
    CHECK(std::filesystem::file_size(file.path) == 0);
}

TEST_CASE("a new report is for its owner alone") {
    support::TempDir directory;
    const FailureFile report(directory / "r", FailureFile::Earlier::replaced);
    struct stat status {};
    REQUIRE(::stat((directory / "r").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("no other file is made a report") {
    for (const char *bytes : {"SQLite format 3", "my ids\n", "{\"mine\":1}\n", "\n"}) {
        const File file{std::string(bytes)};
        for (const auto earlier : {FailureFile::Earlier::replaced, FailureFile::Earlier::kept})
            CHECK_THROWS_WITH_AS(FailureFile(file.path, earlier), doctest::Contains("is not a report of backfill"),
                                 FileError);
        CHECK(support::read_file(file.path) == bytes);
    }
}

TEST_CASE("behind a record that was cut nothing is written, even if there is room again") {
    const File file("");
    {
        FailureFile report(file.path, FailureFile::Earlier::kept);
        report.add({{"e1"}, FailureKind::rejected, "this record is longer than the room there is"});
        {
            const LargestFile limit(40);
            CHECK_THROWS_WITH_AS(report.flush(), doctest::Contains("File too large"), FileError);
        }
        CHECK(std::filesystem::file_size(file.path) == 40);
        report.add({{"e2"}, FailureKind::rejected, ""});
        CHECK_THROWS_WITH_AS(report.flush(), doctest::Contains("File too large"), FileError);
    }
    CHECK(std::filesystem::file_size(file.path) == 40);
}

TEST_CASE("a report that takes no more says so") {
    FailureFile full("/dev/full", FailureFile::Earlier::replaced);
    full.add({{"e1"}, FailureKind::rejected, ""});
    CHECK_THROWS_WITH_AS(full.flush(), doctest::Contains("cannot write /dev/full: No space left on device"), FileError);
    support::TempDir directory;
    CHECK_THROWS_WITH_AS(FailureFile(directory.path(), FailureFile::Earlier::replaced),
                         doctest::Contains("Is a directory"), FileError);
}
