// Reading that does not begin at the first event: behind the position of another run, and of listed ids only.
#include "event_source.hpp"
#include "file_error.hpp"
#include "listed_events.hpp"
#include "process.hpp"
#include "reading.hpp"
#include "sample_databases.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace backfill;
using namespace reading;
using samples::SampleDatabase;

using Ids = std::vector<std::string>;

namespace {

// A file of both generations: 'b' and 'c' are in both, and c's node cannot be read.
struct BothGenerations {
    BothGenerations() {
        SampleDatabase(path).create_events().create_graph().add({"a"}).add({"b"}).add({"c"}).add_node({"b"}).add_node(
            "c", "event", "no JSON");
        SampleDatabase(path).add_node({"d"}).add_node("v", "vector", "...").add_node({"e"});
    }

    support::TempDir directory;
    std::filesystem::path path = directory / "events.db";
};

Ids listed(const std::filesystem::path &sqlite, const std::string &list, std::size_t limit = 100) {
    support::TempDir directory;
    support::write_file(directory / "list", list);
    ListedEvents events(sqlite, IdList(directory / "list"));
    Ids ids;
    for (auto page = events.next(limit); !page.empty(); page = events.next(limit)) {
        REQUIRE(page.size() <= limit);
        for (const SourceEvent &event : page)
            ids.push_back(id_of(event).text + (reason(event) == "readable" ? "" : "?"));
    }
    return ids;
}

} // namespace

TEST_CASE("a run goes on behind any position of another one, and together they read every event once") {
    const BothGenerations file;
    for (std::size_t first = 0; first <= 5; ++first) {
        CAPTURE(first);
        EventSource before(file.path);
        Ids ids;
        for (std::size_t count = 0; count < first; ++count) ids.push_back(id_of(before.next(1).front()).text);

        EventSource after(file.path);
        REQUIRE(after.go_on_behind(before.position()));
        // Behind c in `events` its node is expected, because only reading it tells that it is none.
        const bool expects_node_of_c = first == 2 || first == 3;
        CHECK(after.event_count() == static_cast<std::int64_t>(5 - first) + (expects_node_of_c ? 1 : 0));
        for (const std::string &id : ids_of(rest_of(after))) ids.push_back(id);
        CHECK(ids == Ids{"a", "c", "b", "d", "e"});
    }
}

TEST_CASE("what was added to either generation since the end is read, and no more") {
    const BothGenerations file;
    EventSource whole(file.path);
    rest_of(whole);
    const Position end = whole.position();
    SampleDatabase(file.path).add({"f"}).add_node({"g"});

    EventSource source(file.path);
    REQUIRE(source.go_on_behind(end));
    CHECK(source.event_count() == 2);
    CHECK(ids_of(rest_of(source)) == Ids{"f", "g"});
    CHECK(source.position() == Position{Mark{4, {"f"}}, Mark{6, {"g"}}});
}

TEST_CASE("a position is known again in a copy, and not in another file or one whose rows have moved") {
    const BothGenerations file;
    EventSource whole(file.path);
    rest_of(whole);
    const Position end = whole.position();
    REQUIRE(end == Position{Mark{3, {"c"}}, Mark{5, {"e"}}});

    std::filesystem::copy_file(file.path, file.directory / "copy.db");
    CHECK(EventSource(file.directory / "copy.db").go_on_behind(end));

    SUBCASE("a file that lacks a generation") {
        SampleDatabase(file.directory / "events.only").create_events().add({"a"}).add({"b"}).add({"c"});
        CHECK_FALSE(EventSource(file.directory / "events.only").go_on_behind(end));
    }
    SUBCASE("other numbers") {
        SampleDatabase(file.path).database().exec("UPDATE nodes SET rowid = rowid + 10");
        CHECK_FALSE(EventSource(file.path).go_on_behind(end));
    }
    SUBCASE("the event is gone") {
        SampleDatabase(file.path).database().exec("DELETE FROM events WHERE id = 'c'");
        CHECK_FALSE(EventSource(file.path).go_on_behind(end));
    }
    SUBCASE("another event has its number") {
        SampleDatabase(file.path).database().exec("UPDATE events SET id = 'C' WHERE id = 'c'");
        CHECK_FALSE(EventSource(file.path).go_on_behind(end));
    }
}

TEST_CASE("a position behind an event whose id is none is known again") {
    support::TempDir directory;
    SampleDatabase sample(directory / "events.db");
    sample.create_events().add({"a"});
    std::string id;
    SUBCASE("NULL") {
        id = "NULL";
    }
    SUBCASE("empty") {
        id = "''";
    }
    SUBCASE("a BLOB") {
        id = "x'ff00'";
    }
    SUBCASE("not UTF-8") {
        id = "CAST(x'ff' AS TEXT)";
    }
    sample.add_expressions("events",
                           {{"id", id}, {"type", "'t'"}, {"source", "'s'"}, {"specversion", "'1'"}, {"time", "0"}});
    EventSource source(directory / "events.db");
    CHECK(rest_of(source).size() == 2);
    CHECK(EventSource(directory / "events.db").go_on_behind(source.position()));
}

TEST_CASE("listed events come in the order of the list, out of the generation that counts") {
    const BothGenerations file;
    CHECK(listed(file.path, "e\nb\nnone\nc\na\nd\nv\n") == Ids{"e", "b", "none?", "c", "a", "d", "v?"});
    CHECK(listed(file.path, "").empty());
}

TEST_CASE("an id that is listed twice comes twice, and never twice at once") {
    const BothGenerations file;
    support::write_file(file.directory / "list", "a\nb\na\na\nb\n");
    ListedEvents events(file.path, IdList(file.directory / "list"));
    std::vector<Ids> pages;
    for (auto page = events.next(4); !page.empty(); page = events.next(4))
        pages.push_back(ids_of({page.begin(), page.end()}));
    CHECK(pages == std::vector<Ids>{{"a", "b"}, {"a"}, {"a", "b"}});
}

TEST_CASE("an id that nobody has says so, and one that is damaged is found as it is") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db")
        .create_events()
        .add({"a"})
        .add_expressions("events",
                         {{"id", "x'ff'"}, {"type", "'t'"}, {"source", "'s'"}, {"specversion", "'1'"}, {"time", "0"}});
    support::write_file(directory / "list", "b\n\xFF\n");
    ListedEvents events(directory / "events.db", IdList(directory / "list"));
    const auto found = events.next(2);
    REQUIRE(found.size() == 2);
    CHECK(std::get<UnreadableEvent>(found[0]).kind == FailureKind::no_event);
    CHECK(reason(found[0]) == "no event has this id");
    CHECK(std::get<UnreadableEvent>(found[1]).kind == FailureKind::unreadable);
    CHECK(reason(found[1]) == "id is a BLOB, not text");
}

TEST_CASE("a long list, and large events, are taken a part at a time") {
    support::TempDir directory;
    SampleDatabase database(directory / "events.db");
    database.create_events();
    std::string list;
    for (int number = 0; number < 12; ++number) {
        samples::SampleEvent event{std::string(1, static_cast<char>('a' + number))};
        event.user_id = std::string(1 << 20, 'x');
        database.add(event);
        list += event.id + "\n";
    }
    support::write_file(directory / "list", list);
    ListedEvents events(directory / "events.db", IdList(directory / "list"));
    CHECK(events.next(100).size() == 4);
    CHECK(events.next(3).size() == 3);
    CHECK(events.next(100).size() == 4);
    const auto last = events.next(100);
    CHECK(ids_of({last.begin(), last.end()}) == Ids{"l"});
    CHECK(events.next(100).empty());
}
