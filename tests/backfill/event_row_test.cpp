// What becomes of rows that no PCAS wrote: SQLite lets any value into any column, and each costs its event alone.
#include "event_row.hpp"
#include "process.hpp"
#include "reading.hpp"
#include "sample_databases.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace backfill;
using namespace reading;
using samples::SampleDatabase;
using samples::SampleEvent;

using Ids = std::vector<std::string>;

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
    for (const SourceEvent &event : all_of(directory / "events.db")) reasons[ids_of({event}).front()] = reason(event);
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
    const auto events = all_of(directory / "events.db");
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
    const auto events = all_of(directory / "events.db");
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
    const auto events = all_of(directory / "events.db");
    REQUIRE(events.size() == 7);
    for (const SourceEvent &event : events) CHECK(readable(event).time == Instant{1750928110});
}

TEST_CASE("odd characters in ids and fields come through as they are") {
    support::TempDir directory;
    const std::string odd = "'\"\\{},;\n\t\x01\x7F%s\U0001F600\u00e9";
    SampleEvent sample{odd};
    sample.type = sample.source = odd;
    sample.user_id = odd;
    SampleDatabase(directory / "events.db").create_events().add(sample);
    const Event event = readable(all_of(directory / "events.db").at(0));
    CHECK(event.id.text == odd);
    CHECK(event.type == odd);
    CHECK(event.user_id == odd);
}

TEST_CASE("an event is known to be plain if all of its texts are") {
    support::TempDir directory;
    SampleEvent odd{"odd"};
    odd.session_id = "\u00e9";
    SampleDatabase(directory / "events.db").create_events().add({"before"}).add(odd).add({"after"});
    std::vector<bool> plain;
    EventSource source(directory / "events.db");
    for (auto page = source.next(1); !page.empty(); page = source.next(1))
        plain.push_back(std::get<Event>(page[0]).plain);
    CHECK(plain == std::vector<bool>{true, false, true});
}

TEST_CASE("a file whose texts are UTF-16 is read as any other") {
    support::TempDir directory;
    const std::string odd = "\U0001F600 \u00e9";
    SampleEvent sample{"id " + odd};
    sample.user_id = odd;
    {
        SampleDatabase database(directory / "events.db");
        database.database().exec("PRAGMA encoding = 'UTF-16'");
        database.create_events().create_graph().add(sample).add({"plain"}).add_node({"node " + odd});
    }
    const auto events = all_of(directory / "events.db");
    CHECK(ids_of(events) == Ids{"id " + odd, "plain", "node " + odd});
    CHECK(readable(events.at(0)).user_id == odd);
    CHECK(readable(events.at(1)).type == SampleEvent{"plain"}.type);
    CHECK(readable(EventSource(directory / "events.db").find({"id " + odd})).id.text == "id " + odd);
}

TEST_CASE("a file that calls the function that rows are taken with cannot be read") {
    support::TempDir directory;
    std::string call, reason = "unknown function: take_row()";
    SUBCASE("as for an event") {
        call = "take_row(1, id, id, id, 1, id, id, id, id, NULL, NULL)";
        reason = "a column of it is generated by take_row()";
    }
    SUBCASE("as for a node") {
        call = "take_row(1, id, '{}', 0)";
    }
    SUBCASE("with too few values") {
        call = "take_row(id)";
    }
    {
        SampleDatabase database(directory / "events.db");
        database.database().createFunction("take_row", -1, true, nullptr,
                                           [](sqlite3_context *, int, sqlite3_value **) {});
        database.database().exec("CREATE TABLE events (id TEXT, type TEXT, source TEXT, time AS (" + call + "))");
        database.add_expressions("events", {{"id", "'a'"}, {"type", "'t'"}, {"source", "'s'"}});
    }
    CHECK(contains(refusal(directory / "events.db"), reason));
    // Looking one event up has the functions for both at hand.
    CHECK_THROWS_AS(EventSource(directory / "events.db").find({"a"}), SourceError);
}

TEST_CASE("an index on the type of nodes changes nothing") {
    support::TempDir directory;
    Ids ids;
    {
        SampleDatabase database(directory / "events.db");
        database.create_graph();
        for (int number = 50; number > 0; --number) {
            ids.push_back(fmt::format("n{}", number));
            database.add_node(SampleEvent{ids.back()});
        }
        database.database().exec("CREATE INDEX by_type ON nodes (type, id)");
    }
    EventSource source(directory / "events.db", 10);
    CHECK(ids_of(rest_of(source, 10)) == ids);
}

TEST_CASE("nothing of one event is left in the next, and not the memory of a huge one either") {
    support::TempDir directory;
    SampleDatabase database(directory / "events.db");
    database.create_events();
    SampleEvent full{"full"};
    full.user_id = std::string(1 << 20, 'u');
    full.session_id = "s";
    full.trace_id = "t";
    full.correlation_id = "c";
    database.add(full);
    database.add({"bare"});
    EventSource source(directory / "events.db", 1);
    CHECK(std::get<Event>(source.next(1)[0]).user_id.size() == 1 << 20);
    const auto next = source.next(1);
    const auto &bare = std::get<Event>(next[0]);
    CHECK(bare.id.text == "bare");
    CHECK(bare.user_id.capacity() < 10000);
    for (const std::string *text : {&bare.user_id, &bare.session_id, &bare.trace_id, &bare.correlation_id})
        CHECK(*text == "");
}
