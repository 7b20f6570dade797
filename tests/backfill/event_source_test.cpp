// Events out of real SQLite files of every generation: which are there, in which order, and each of them once.
#include "event_source.hpp"
#include "process.hpp"
#include "reading.hpp"
#include "sample_databases.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace backfill;
using namespace reading;
using samples::EventsTable;
using samples::SampleDatabase;
using samples::SampleEvent;

using Ids = std::vector<std::string>;

TEST_CASE("events of the oldest table have no ids but their own") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").create_events(EventsTable::oldest).add({"a"});
    const auto events = all_of(directory / "events.db");
    REQUIRE(events.size() == 1);
    const Event event = readable(events[0]);
    CHECK(event.id.text == "a");
    CHECK(event.type == "pcas.user.prompt.v1");
    CHECK(event.source == "/d-app/cli");
    CHECK(event.time == Instant{1750928110});
    CHECK((event.trace_id + event.correlation_id + event.user_id + event.session_id).empty());
}

TEST_CASE("events with trace and correlation ids have them, in a table without identity") {
    support::TempDir directory;
    SampleEvent sample{"a"};
    sample.trace_id = "tr";
    sample.correlation_id = "co";
    SampleDatabase(directory / "events.db").create_events(EventsTable::with_trace).add(sample);
    const Event event = readable(all_of(directory / "events.db").at(0));
    CHECK(event.trace_id == "tr");
    CHECK(event.correlation_id == "co");
    CHECK((event.user_id + event.session_id).empty());
}

TEST_CASE("events with identity have it, and NULL and '' both mean that they have none") {
    support::TempDir directory;
    SampleEvent full{"full"}, empty{"empty"};
    full.trace_id = "tr";
    full.correlation_id = "co";
    full.user_id = "us";
    full.session_id = "se";
    empty.trace_id = empty.correlation_id = empty.user_id = empty.session_id = "";
    SampleDatabase(directory / "events.db").create_events().add(full).add(empty).add({"null"});
    const auto events = all_of(directory / "events.db");
    const Event event = readable(events.at(0));
    CHECK(event.trace_id == "tr");
    CHECK(event.correlation_id == "co");
    CHECK(event.user_id == "us");
    CHECK(event.session_id == "se");
    for (const std::size_t at : {1U, 2U}) {
        const Event other = readable(events.at(at));
        CHECK((other.trace_id + other.correlation_id + other.user_id + other.session_id).empty());
    }
}

TEST_CASE("column names are found whatever their case, and a table without time gives events without one") {
    support::TempDir directory;
    SampleDatabase sample(directory / "events.db");
    sample.database().exec("CREATE TABLE Events (ID TEXT PRIMARY KEY, Type TEXT, SOURCE TEXT, User_Id TEXT);"
                           "INSERT INTO events VALUES ('a', 't', 's', 'u')");
    const Event event = readable(all_of(directory / "events.db").at(0));
    CHECK(event.user_id == "u");
    CHECK_FALSE(event.time.has_value());
}

TEST_CASE("nodes that are events are read, from text or BLOB, and vectors are not") {
    support::TempDir directory;
    SampleEvent sample{"a"};
    sample.user_id = "us";
    sample.time = "2025-06-26T08:55:10Z";
    {
        SampleDatabase database(directory / "events.db");
        database.create_graph().add_node(sample).add_node("v", "vector", std::string("\0\xFF\x80{", 4));
        database.add_expressions(
            "nodes", {{"id", "'b'"}, {"type", "'event'"}, {"content", R"(CAST('{"type":"t","source":"s"}' AS BLOB))"}});
    }
    const auto events = all_of(directory / "events.db");
    REQUIRE(ids_of(events) == Ids{"a", "b"});
    CHECK(readable(events[0]).user_id == "us");
    CHECK(readable(events[0]).time == Instant{1750928110});
    CHECK(readable(events[1]).type == "t");
}

TEST_CASE("an event in both generations comes once, and the graph's copy wins") {
    support::TempDir directory;
    SampleEvent both{"both"};
    both.user_id = "newer";
    {
        SampleDatabase database(directory / "events.db");
        database.create_events().create_graph();
        database.add({"only-table"}).add({"both"}).add({"node-broken"}).add({"is-vector"});
        database.add_node("is-vector", "vector", "not an event");
        database.add_node("node-broken", "event", "{").add_node(both).add_node({"only-node"});
        database.add_node("lonely-broken", "event", "[]");
        // Unreadable in both: reported once, as the row.
        database.add_expressions(
            "events",
            {{"id", "'broken-twice'"}, {"type", "X'00'"}, {"source", "'s'"}, {"specversion", "'1'"}, {"time", "0"}});
        database.add_node("broken-twice", "event", "");
    }
    const auto events = all_of(directory / "events.db");
    CHECK(ids_of(events)
          == Ids{"only-table", "node-broken", "is-vector", "broken-twice", "both", "only-node", "lonely-broken"});
    CHECK(reason(events[1]) == "readable");
    CHECK(reason(events[2]) == "readable");
    CHECK(reason(events[3]) == "type is a BLOB, not text");
    CHECK(readable(events[4]).user_id == "newer");
    CHECK(reason(events[6]) == "content is an array, not a JSON object");
}

TEST_CASE("an event whose id is odd in both generations is still reported once") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.database().exec("CREATE TABLE events (id TEXT, type, source); CREATE TABLE nodes (id, type, content)");
        for (const char *id : {"X'61'", "''", "7", "NULL"}) {
            database.add_expressions("events", {{"id", id}, {"type", "'t'"}, {"source", "'s'"}});
            database.add_expressions("nodes",
                                     {{"id", id}, {"type", "'event'"}, {"content", R"('{"type":"t","source":"s"}')"}});
        }
    }
    const auto events = all_of(directory / "events.db");
    // NULL is no id, and the node's 7 is not the text '7' that the table's column made of it: those are no twins.
    CHECK(ids_of(events) == Ids{"a", "rowid 2", "7", "rowid 4", "7", "rowid 4"});
    CHECK(reason(events[0]) == "id is a BLOB, not text");
    CHECK(reason(events[2]) == "readable");
    CHECK(reason(events[4]) == "the node's id is not text");
}

TEST_CASE("pages of every size give the same events in the order of their rows") {
    support::TempDir directory;
    Ids expected;
    {
        SampleDatabase database(directory / "events.db");
        database.create_events().create_graph();
        for (int number = 0; number < 20; ++number) {
            const std::string id = fmt::format("{}", number * 7 % 20);
            database.add({id});
            if (number % 2 == 0) database.add_node({id});
            if (number % 2 == 1) expected.push_back(id);
        }
        for (int number = 0; number < 20; number += 2) expected.push_back(fmt::format("{}", number * 7 % 20));
        database.database().exec("DELETE FROM events WHERE id = '7'"); // a gap in the rowids
        expected.erase(expected.begin());
    }
    for (const std::size_t limit : {1U, 2U, 3U, 7U, 19U, 20U, 21U, 1000U}) {
        CAPTURE(limit);
        EventSource source(directory / "events.db");
        CHECK(source.event_count() == 19);
        CHECK(ids_of(rest_of(source, limit)) == expected);
    }
}

TEST_CASE("the position is that of the last event handed out, however many are read ahead") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").create_events().create_graph().add({"a"}).add({"b"}).add_node({"c"});
    EventSource source(directory / "events.db");
    CHECK(source.position() == Position());
    CHECK(source.next(1).size() == 1);
    CHECK(source.position() == Position{Mark{1, {"a"}}, {}});
    CHECK(source.next(1).size() == 1);
    CHECK(source.position() == Position{Mark{2, {"b"}}, {}});
    CHECK(source.next(1).size() == 1);
    CHECK(source.position() == Position{Mark{2, {"b"}}, Mark{1, {"c"}}});
    CHECK(source.next(1).empty());
}

TEST_CASE("a page of large events ends early") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.create_events();
        for (int number = 0; number < 12; ++number) {
            SampleEvent event{fmt::format("{}", number)};
            event.user_id = std::string(std::size_t{1} << 20, 'x');
            database.add(event);
        }
    }
    EventSource source(directory / "events.db");
    CHECK(source.next(1000).size() == 4);
    CHECK(source.next(1000).size() == 4);
    CHECK(source.next(1000).size() == 4);
    CHECK(source.next(1000).empty());
}

TEST_CASE("a file without events is refused, as is one that is not PCAS's") {
    support::TempDir directory;
    const auto made = [&directory](const std::string &sql) {
        static int number = 0;
        const auto path = directory / fmt::format("{}.db", ++number);
        SampleDatabase(path).database().exec(sql);
        return refusal(path);
    };
    CHECK(contains(made("CREATE TABLE events (id, type, source)"), "has no events"));
    CHECK(contains(made("CREATE TABLE nodes (id, type, content); INSERT INTO nodes VALUES ('v', 'vector', X'00')"),
                   "has no events"));
    CHECK(contains(made("CREATE TABLE other (id)"), "holds neither a table 'events' nor a table 'nodes'"));
    CHECK(contains(made("CREATE TABLE events (id, type)"), "has no column 'source'"));
    CHECK(contains(made("CREATE TABLE nodes (id, type)"), "has no column 'content'"));
    CHECK(contains(made("CREATE VIEW events AS SELECT 1 AS id, 2 AS type, 3 AS source"), "not a table but a view"));
    CHECK(contains(made("CREATE TABLE events (id TEXT PRIMARY KEY, type, source) WITHOUT ROWID"), "is WITHOUT ROWID"));
}
