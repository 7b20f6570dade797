// Events out of real SQLite files of every generation, and what becomes of rows that no PCAS wrote.
#include "event_source.hpp"
#include "process.hpp"
#include "sample_databases.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

using namespace backfill;
using samples::EventsTable;
using samples::SampleDatabase;
using samples::SampleEvent;

namespace {

std::vector<SourceEvent> read_all(EventSource &source, std::size_t limit = 3) {
    std::vector<SourceEvent> all, page;
    while (source.next_page(limit, page)) {
        REQUIRE(page.size() <= limit);
        all.insert(all.end(), page.begin(), page.end());
    }
    CHECK(page.empty());
    return all;
}

std::vector<SourceEvent> read_all(const std::filesystem::path &path) {
    EventSource source(path);
    std::vector<SourceEvent> all = read_all(source);
    CHECK(source.event_count() == static_cast<std::int64_t>(all.size()));
    return all;
}

std::string id_of(const SourceEvent &event) {
    return std::visit([](const auto &one) { return one.id.text; }, event);
}

std::vector<std::string> ids_of(const std::vector<SourceEvent> &events) {
    std::vector<std::string> ids;
    for (const SourceEvent &event : events) ids.push_back(id_of(event));
    return ids;
}

std::string reason(const SourceEvent &event) {
    if (const auto *unreadable = std::get_if<UnreadableEvent>(&event)) return unreadable->reason;
    return "readable";
}

Event readable(const SourceEvent &event) {
    REQUIRE_MESSAGE(std::holds_alternative<Event>(event), reason(event));
    return std::get<Event>(event);
}

std::string refusal(const std::filesystem::path &path) {
    try {
        EventSource source(path);
    } catch (const SourceError &error) {
        return error.what();
    }
    return "opened";
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("events of the oldest table have no ids but their own") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").create_events(EventsTable::oldest).add({"a"});
    const auto events = read_all(directory / "events.db");
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
    const Event event = readable(read_all(directory / "events.db").at(0));
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
    const auto events = read_all(directory / "events.db");
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
    const Event event = readable(read_all(directory / "events.db").at(0));
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
    const auto events = read_all(directory / "events.db");
    REQUIRE(ids_of(events) == Ids{"a", "b"});
    CHECK(readable(events[0]).user_id == "us");
    CHECK(readable(events[0]).time == Instant{1750928110});
    CHECK(readable(events[1]).type == "t");
}

TEST_CASE("a value of another type than text is reported, with the column, and costs its event alone") {
    support::TempDir directory;
    const std::map<std::string, std::pair<std::string, std::string>> cases = {
        {"type-blob", {"type", "X'74'"}},
        {"source-int", {"source", "17"}},
        {"time-blob", {"time", "X'3137'"}},
        {"user-blob", {"user_id", "X'75'"}},
        {"session-int", {"session_id", "5"}},
        {"trace-real", {"trace_id", "1.5"}},
        {"type-null", {"type", "NULL"}},
        {"user-nul", {"user_id", "CAST(X'610062' AS TEXT)"}},
        {"source-utf8", {"source", "CAST(X'FF' AS TEXT)"}},
        {"time-utf8", {"time", "CAST(X'C328' AS TEXT)"}},
        {"time-text", {"time", "'soon'"}},
        {"time-micro", {"time", "1750928110000000"}}};
    {
        // No column has a type, so each value stays as it is written.
        SampleDatabase database(directory / "events.db");
        database.database().exec(
            "CREATE TABLE events (id, type, source, time, user_id, session_id, trace_id, correlation_id)");
        for (const auto &[id, value] : cases) {
            std::map<std::string, std::string> row = {{"id", "'" + id + "'"}, {"type", "'t'"}, {"source", "'s'"}};
            row[value.first] = value.second;
            database.add_expressions("events", row);
        }
        database.add_expressions("events", {{"id", "'good'"}, {"type", "''"}, {"source", "''"}});
    }
    std::map<std::string, std::string> reasons;
    for (const SourceEvent &event : read_all(directory / "events.db")) reasons[id_of(event)] = reason(event);
    const std::map<std::string, std::string> expected = {
        {"type-blob", "type is a BLOB, not text"},
        {"source-int", "source is an integer, not text"},
        {"time-blob", "time is a BLOB"},
        {"user-blob", "user_id is a BLOB, not text"},
        {"session-int", "session_id is an integer, not text"},
        {"trace-real", "trace_id is a real number, not text"},
        {"type-null", "type is NULL, not text"},
        {"user-nul", "user_id holds a NUL character"},
        {"source-utf8", "source is not valid UTF-8"},
        {"time-utf8", "time is not valid UTF-8"},
        {"time-text", "time 'soon' is not in a known format (such as 2025-06-26T08:55:10Z or Unix seconds)"},
        {"time-micro", "time '1750928110000000' is outside the years 0000 to 9999"},
        {"good", "readable"}};
    CHECK(reasons == expected);
}

TEST_CASE("an id that is none is reported, as far as it is known") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.database().exec("CREATE TABLE events (id, type TEXT, source TEXT)");
        for (const char *id : {"NULL", "''", "X'6162'", "12", "CAST(X'FE' AS TEXT)", "CAST(X'6100' AS TEXT)"})
            database.add_expressions("events", {{"id", id}, {"type", "'t'"}, {"source", "'s'"}});
    }
    const auto events = read_all(directory / "events.db");
    CHECK(ids_of(events) == Ids{"rowid 1", "rowid 2", "ab", "12", "\xFE", std::string("a\0", 2)});
    CHECK(reason(events[0]) == "id is NULL, not text");
    CHECK(reason(events[1]) == "id is empty");
    CHECK(reason(events[2]) == "id is a BLOB, not text");
    CHECK(reason(events[3]) == "id is an integer, not text");
    CHECK(reason(events[4]) == "id is not valid UTF-8");
    CHECK(reason(events[5]) == "id holds a NUL character");
}

TEST_CASE("a node whose id or content is none is reported") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.database().exec("CREATE TABLE nodes (id, type TEXT, content)");
        const std::string good = R"('{"type":"t","source":"s"}')";
        for (const auto &[id, content] : std::vector<std::pair<std::string, std::string>>{{"NULL", good},
                                                                                          {"''", good},
                                                                                          {"X'61'", good},
                                                                                          {"7", good},
                                                                                          {"CAST(X'FE' AS TEXT)", good},
                                                                                          {"'null'", "NULL"},
                                                                                          {"'int'", "5"},
                                                                                          {"'bytes'", "X'00FF'"},
                                                                                          {"'empty'", "''"},
                                                                                          {"'emptyblob'", "X''"}})
            database.add_expressions("nodes", {{"id", id}, {"type", "'event'"}, {"content", content}});
    }
    const auto events = read_all(directory / "events.db");
    CHECK(ids_of(events) == Ids{"rowid 1", "rowid 2", "a", "7", "\xFE", "null", "int", "bytes", "empty", "emptyblob"});
    for (const SourceEvent &event : events) CHECK(reason(event) != "readable");
    CHECK(reason(events[2]) == "the node's id is not text");
    CHECK(reason(events[5]) == "content is neither text nor a BLOB");
}

TEST_CASE("times stand in every storage class") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.create_events();
        for (const char *time :
             {"1750928110", "1750928110123", "1750928110.25", "'1750928110'", "CAST('1750928110.9' AS TEXT)",
              "'2025-06-26 16:55:10.123 +0800 CST m=+12.3'", "'2025-06-26T08:55:10Z'"})
            database.add_expressions("events", {{"id", fmt::format("hex(randomblob(8)) || '{}'", 0)},
                                                {"type", "'t'"},
                                                {"source", "'s'"},
                                                {"specversion", "'1'"},
                                                {"time", time}});
    }
    const auto events = read_all(directory / "events.db");
    REQUIRE(events.size() == 7);
    for (const SourceEvent &event : events) CHECK(readable(event).time == Instant{1750928110});
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
    const auto events = read_all(directory / "events.db");
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
    const auto events = read_all(directory / "events.db");
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
        CHECK(ids_of(read_all(source, limit)) == expected);
    }
}

TEST_CASE("the position tells the last event read") {
    support::TempDir directory;
    SampleDatabase(directory / "events.db").create_events().create_graph().add({"a"}).add({"b"}).add_node({"c"});
    EventSource source(directory / "events.db");
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(1, page));
    CHECK(source.position() == Position{Generation::events, 1});
    REQUIRE(source.next_page(1, page));
    CHECK(source.position() == Position{Generation::events, 2});
    REQUIRE(source.next_page(1, page));
    CHECK(source.position() == Position{Generation::graph, 1});
    CHECK_FALSE(source.next_page(1, page));
}

TEST_CASE("a page of large events ends early") {
    support::TempDir directory;
    {
        SampleDatabase database(directory / "events.db");
        database.create_events();
        for (int number = 0; number < 12; ++number) {
            SampleEvent event{fmt::format("{}", number)};
            event.user_id = std::string(1024 * 1024, 'x');
            database.add(event);
        }
    }
    EventSource source(directory / "events.db");
    std::vector<SourceEvent> page;
    REQUIRE(source.next_page(1000, page));
    CHECK(page.size() == 4);
    std::size_t rest = 0;
    while (source.next_page(1000, page)) rest += page.size();
    CHECK(rest == 8);
}

TEST_CASE("odd characters in ids and fields come through as they are") {
    support::TempDir directory;
    const std::string odd = "'\"\\{},;\n\t\x01\x7F%s\U0001F600\u00e9";
    SampleEvent sample{odd};
    sample.type = sample.source = odd;
    sample.user_id = odd;
    SampleDatabase(directory / "events.db").create_events().add(sample);
    const Event event = readable(read_all(directory / "events.db").at(0));
    CHECK(event.id.text == odd);
    CHECK(event.type == odd);
    CHECK(event.user_id == odd);
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
