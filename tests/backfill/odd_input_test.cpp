// Events, files and rows as nobody wrote them on purpose, through the whole command: each has the outcome that the
// design names, and none costs another event anything.
#include "command_fixture.hpp"
#include "server.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <vector>

using support::create_vectors_table;
using support::quoted;
using support::Result;

namespace {

// A row of `events`, whose columns have no types here, so that each value stays as it is written. A value is an SQL
// expression; those that are not given are ordinary.
struct Odd {
    const char *id;
    const char *column;
    std::string value;
    std::string expected; // the row's metadata in SQL's LIKE, or the reason why the event fails, with a '!' before it
};

const char *const table_without_types =
    "CREATE TABLE events (id, type, source, specversion, time, trace_id, correlation_id, user_id, session_id)";

std::string row(const Odd &odd) {
    return fmt::format("INSERT INTO events (id, type, source{0}) VALUES ({1}, 't', 's'{2});",
                       *odd.column == '\0' ? "" : fmt::format(", {}", odd.column), quoted(odd.id),
                       *odd.column == '\0' ? "" : ", " + odd.value);
}

std::string time_of(const std::string &rfc3339, const std::string &unix_seconds) {
    return fmt::format(R"({{"timestamp": "{}", "event_type": "t", "event_source": "s", "timestamp_unix": "{}"}})",
                       rfc3339, unix_seconds);
}

// Each with a vector of its own, and one good event behind them all; then each is as it should be, which a second run
// finds too.
void check_each(const Backfill &backfill, const std::vector<Odd> &all) {
    create_vectors_table(backfill.database, true);
    int good = 1, bad = 0;
    for (const Odd &odd : all) {
        backfill.database.exec(
            fmt::format("INSERT INTO pcas_vectors (id, embedding) VALUES ({}, '{{1}}')", quoted(odd.id)));
        ++(odd.expected.front() == '!' ? bad : good);
    }
    backfill.database.exec("INSERT INTO pcas_vectors (id, embedding) VALUES ('good', '{1}')");

    const Result result = backfill.run();

    CHECK_MESSAGE(result.exit_code == (bad > 0 ? 1 : 0), result.err);
    CHECK(summary(result, "Successfully updated") == good);
    CHECK(summary(result, "Failed") == bad);
    CHECK(backfill.metadata("good") == R"({"event_type": "t", "event_source": "s"})");
    for (const Odd &odd : all) {
        CAPTURE(odd.id);
        const std::string metadata = backfill.metadata(odd.id);
        if (odd.expected.front() == '!') {
            CHECK(metadata == "NULL");
            CHECK_MESSAGE(contains(result.err, fmt::format("event_id={} reason=\"{}", odd.id, odd.expected.substr(1))),
                          result.err);
        } else {
            CHECK(metadata == odd.expected);
        }
    }

    const std::string versions = backfill.row_versions();
    const Result again = backfill.run();
    CHECK(summary(again, "Unchanged") == good);
    CHECK(summary(again, "Failed") == bad);
    CHECK(backfill.row_versions() == versions);
}

// The one line on stderr of a run that could not start.
std::string refusal(const Backfill &backfill, const std::vector<std::string> &options = {}) {
    const Result result = backfill.run(options);
    CHECK_MESSAGE(result.exit_code == 3, result.err);
    CHECK(result.out == "");
    CHECK_MESSAGE(occurrences(result.err, "\n") == 1, result.err);
    return result.err;
}

std::int64_t one_number(const std::string &file, const std::string &sql) {
    const SQLite::Database database(file);
    SQLite::Statement query(database, sql);
    query.executeStep();
    return query.getColumn(0).getInt64();
}

} // namespace

// ---- Events ---------------------------------------------------------------------------------------------------------

TEST_CASE("times: what can be understood is written, and what cannot costs its event") {
    const std::vector<Odd> times{
        {"before-1970", "time", "'1969-07-20 20:17:40.9+00:00'", time_of("1969-07-20T20:17:40Z", "-14182940")},
        {"fraction-before-1970", "time", "-0.5", time_of("1969-12-31T23:59:59Z", "-1")},
        {"year-0", "time", "'0000-01-01T00:00:00Z'", time_of("0000-01-01T00:00:00Z", "-62167219200")},
        {"year-9999", "time", "'9999-12-31 23:59:59'", time_of("9999-12-31T23:59:59Z", "253402300799")},
        {"past-9999", "time", "'9999-12-31T23:59:59-00:01'",
         "!time '9999-12-31T23:59:59-00:01' is outside the years 0000 to 9999"},
        {"year-10000", "time", "'10000-01-01T00:00:00Z'", "!time '10000-01-01T00:00:00Z' is not in a known format"},
        {"leap-second", "time", "'2016-12-31 23:59:60+00:00'",
         "!time '2016-12-31 23:59:60+00:00' is not in a known format"},
        {"no-such-day", "time", "'2025-02-29T00:00:00Z'", "!time '2025-02-29T00:00:00Z' is not in a known format"},
        {"absurd-offset", "time", "'2025-06-26T08:55:10+99:99'",
         "!time '2025-06-26T08:55:10+99:99' is not in a known format"},
        {"largest-offset", "time", "'2025-06-26T08:55:10+23:59'", time_of("2025-06-25T08:56:10Z", "1750841770")},
        {"nan", "time", "'NaN'", "!time 'NaN' is not in a known format"},
        {"infinity", "time", "9e999", "!time 'inf' is outside the years 0000 to 9999"},
        {"largest-integer", "time", "9223372036854775807",
         "!time '9223372036854775807' is outside the years 0000 to 9999"},
        {"smallest-integer", "time", "-9223372036854775807 - 1",
         "!time '-9223372036854775808' is outside the years 0000 to 9999"},
        {"microseconds", "time", "1750928110000000", "!time '1750928110000000' is outside the years 0000 to 9999"},
        {"milliseconds", "time", "1750928110999", time_of("2025-06-26T08:55:10Z", "1750928110")},
        {"words", "time", "'yesterday'", "!time 'yesterday' is not in a known format"},
        {"blob", "time", "X'32303235'", "!time is a BLOB"},
        {"empty", "time", "''", R"({"event_type": "t", "event_source": "s"})"},
        {"null", "time", "NULL", R"({"event_type": "t", "event_source": "s"})"},
        {"long", "time", "'" + std::string(1000, '9') + "'",
         "!time '" + std::string(64, '9') + "...' is outside the years"},
    };
    Backfill backfill;
    backfill.sqlite(table_without_types);
    for (const Odd &odd : times) backfill.sqlite(row(odd));
    backfill.sqlite(row({"good", "", "", ""}));
    check_each(backfill, times);
}

TEST_CASE("texts: whatever PostgreSQL can hold arrives as it is, and what it cannot costs its event") {
    const auto user = [](const std::string &json) {
        return fmt::format(R"({{"user_id": "{}", "event_type": "t", "event_source": "s"}})", json);
    };
    const std::string megabyte(1 << 20, 'm');
    const std::vector<Odd> texts{
        {"quotes", "user_id", R"('it''s "quoted"')", user(R"(it's \"quoted\")")},
        {"backslashes", "user_id", R"('a\b\\c\u0041')", user(R"(a\\b\\\\c\\u0041)")},
        {"array-syntax", "user_id", R"('{a,b},"c",NULL,{}')", user(R"({a,b},\"c\",NULL,{})")},
        {"controls", "user_id", "char(1, 9, 10, 13, 27, 127)", user("\\u0001\\t\\n\\r\\u001b\x7F")},
        {"emoji", "user_id", "'\U0001F468\u200D\U0001F469\u200D\U0001F467'",
         user("\U0001F468\u200D\U0001F469\u200D\U0001F467")},
        {"largest-character", "user_id", "char(1114111)", user("\U0010FFFF")},
        {"megabyte", "trace_id", "'" + megabyte + "'",
         fmt::format(R"({{"trace_id": "{}", "event_type": "t", "event_source": "s"}})", megabyte)},
        {"megabyte-in-an-index", "user_id", "'" + megabyte + "'", "!index row requires"},
        {"nul", "user_id", "CAST(X'610062' AS TEXT)", "!user_id holds a NUL character"},
        {"not-utf8", "user_id", "CAST(X'61FF' AS TEXT)", "!user_id is not valid UTF-8"},
        {"surrogate", "user_id", "CAST(X'EDA080' AS TEXT)", "!user_id is not valid UTF-8"},
        {"overlong", "user_id", "CAST(X'C0AF' AS TEXT)", "!user_id is not valid UTF-8"},
        {"blob", "user_id", "X'75'", "!user_id is a BLOB, not text"},
        {"integer", "session_id", "17", "!session_id is an integer, not text"},
        {"real", "trace_id", "1.5", "!trace_id is a real number, not text"},
    };
    Backfill backfill;
    backfill.sqlite(table_without_types);
    for (const Odd &odd : texts) backfill.sqlite(row(odd));
    backfill.sqlite(row({"good", "", "", ""}));
    check_each(backfill, texts);
}

TEST_CASE("ids: each finds its own row, or costs itself alone, and a report leads back to it") {
    const std::string good = R"({"event_type": "t", "event_source": "s"})";
    Backfill backfill;
    backfill.sqlite(table_without_types);
    create_vectors_table(backfill.database, true);
    const std::vector<std::string> fitting{"it's \"quoted\"",
                                           R"(a\b\\c\u0041)",
                                           R"({a,b},"c",NULL,{})",
                                           "NULL",
                                           "a\tb\nc\x1b\x7f",
                                           "\U0001F468\u200D\U0001F469",
                                           " ",
                                           "%_",
                                           "e1; DROP TABLE pcas_vectors"};
    for (const std::string &id : fitting) {
        backfill.sqlite(fmt::format("INSERT INTO events (id, type, source) VALUES ({}, 't', 's')", quoted(id)));
        backfill.database.exec(
            fmt::format("INSERT INTO pcas_vectors (id, embedding) VALUES ({}, '{{1}}')", quoted(id)));
    }
    backfill.sqlite("INSERT INTO events (id, type, source) VALUES (CAST(zeroblob(1048576) AS TEXT), 't', 's'),"
                    "(replace(hex(zeroblob(524288)), '0', 'm'), 't', 's'), (CAST(X'61FF' AS TEXT), 't', 's'),"
                    "(CAST(X'610062' AS TEXT), 't', 's'), (X'65', 't', 's'), (17, 't', 's'), (1.5, 't', 's')");
    const std::string report = backfill.directory / "report";

    const Result result = backfill.run({"--report", report});
    CHECK_MESSAGE(result.exit_code == 1, result.err);
    CHECK(summary(result, "Successfully updated") == static_cast<int>(fitting.size()));
    for (const std::string &id : fitting) {
        CAPTURE(id);
        CHECK(backfill.value("SELECT metadata FROM pcas_vectors WHERE id = " + quoted(id)) == good);
    }
    CHECK(summary(result, "No vector") == 1); // the megabyte of text
    CHECK(summary(result, "Failed") == 6);

    const Result again = backfill.run({"--only-ids", report, "--report", backfill.directory / "again"});
    CHECK(summary(again, "Total events processed") == 7);
    CHECK(summary(again, "No vector") == 1);
    CHECK(summary(again, "Failed") == 6);
    CHECK(occurrences(support::read_file(backfill.directory / "again"), "\n") == 7);
}

TEST_CASE("content of the graph: what is no event costs itself alone") {
    const auto deep = [](int depth) { return std::string(static_cast<std::size_t>(depth), '['); };
    const auto with = [](const std::string &members) { return R"('{"type":"t","source":"s",)" + members + "}'"; };
    const std::vector<Odd> nodes{
        {"plain-words", "", "'not json'", "!content is not well-formed JSON"},
        {"cut-off", "", R"('{"type":"t","source":"s"')", "!content is not well-formed JSON"},
        {"list", "", "'[1, 2]'", "!content is an array, not a JSON object"},
        {"number", "", "'7'", "!content is a number, not a JSON object"},
        {"null-literal", "", "'null'", "!content is null, not a JSON object"},
        {"sql-null", "", "NULL", "!content is neither text nor a BLOB"},
        {"no-type", "", R"('{"source":"s"}')", "!content has no type"},
        {"other-shape", "", with(R"("user_id":{"name":"ada"})"), "!user_id is an object, not a string"},
        {"other-id", "", with(R"("id":"somebody else")"),
         "!content names another id, 'somebody else', than the node has"},
        {"too-deep", "", with(R"("data":)" + deep(10'000) + std::string(10'000, ']')),
         "!content is nested more than 1000 levels deep"},
        {"deep", "", with(R"("data":)" + deep(900) + std::string(900, ']')),
         R"({"event_type": "t", "event_source": "s"})"},
        {"nul-escape", "", with(R"("user_id":"a\u0000b")"), "!user_id holds a NUL character"},
        {"half-a-pair", "", with(R"("user_id":"\ud83d")"), "!content is not well-formed JSON"},
        {"twice", "", with(R"("user_id":"first","user_id":"last")"),
         R"({"user_id": "last", "event_type": "t", "event_source": "s"})"},
        {"bytes", "", R"(CAST('{"type":"t","source":"s"}' AS BLOB))", R"({"event_type": "t", "event_source": "s"})"},
    };
    Backfill backfill;
    backfill.sqlite("CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT, created_at DATETIME)");
    const auto insert = [&backfill](const std::string &id, const std::string &content) {
        backfill.sqlite("INSERT INTO nodes (id, type, content) VALUES ('" + id + "', 'event', " + content + ")");
    };
    for (const Odd &odd : nodes) insert(odd.id, odd.value);
    insert("good", R"('{"type":"t","source":"s"}')");
    check_each(backfill, nodes);
}

TEST_CASE("an event that stands in two generations counts once, as the newer has it unless that cannot be read") {
    Backfill backfill;
    backfill.sqlite(table_without_types);
    backfill.sqlite(
        "INSERT INTO events (id, type, source) VALUES ('a', 'old', 's'), ('b', 'old', 's'), ('c', 'old', 's')");
    backfill.sqlite("CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT, created_at DATETIME);"
                    R"(INSERT INTO nodes (id, type, content) VALUES ('a', 'event', '{"type":"new","source":"s"}'),)"
                    R"(('b', 'event', 'damaged'), ('c', 'vector', x'00'))");
    create_vectors_table(backfill.database, true);
    backfill.database.exec("INSERT INTO pcas_vectors (id, embedding) VALUES ('a', '{1}'), ('b', '{1}'), ('c', '{1}')");

    const Result result = backfill.run();

    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Total events processed") == 3);
    CHECK(backfill.value("SELECT string_agg(event_type, ' ' ORDER BY id) FROM pcas_vectors") == "new old old");
}

// ---- Rows -----------------------------------------------------------------------------------------------------------

TEST_CASE("metadata of any kind: objects keep what is not ours, and what has no place for keys is left and told of") {
    struct Row {
        const char *id, *before, *after;
    };
    const std::vector<Row> rows{
        {"e1", "NULL", nullptr},
        {"e2", "'null'", nullptr},
        {"e3", "'{}'", nullptr},
        {"e4", R"('{"timestamp_unix": 5, "user_id": ["x"], "trace_id": null, "event_type": {"a": 1}}')", nullptr},
        {"e5", "'[]'", "[]"},
        {"e6", R"('[{"user_id": "x"}]')", R"([{"user_id": "x"}])"},
        {"e7", "'\"text\"'", "\"text\""},
        {"e8", "'7'", "7"},
        {"e9", "'true'", "true"},
    };
    Backfill backfill;
    backfill.make_events(9);
    create_vectors_table(backfill.database, false);
    for (const Row &row : rows)
        backfill.database.exec(fmt::format(
            "INSERT INTO pcas_vectors (id, embedding, metadata) VALUES ('{}', '{{1}}', {})", row.id, row.before));

    const Result result = backfill.run();

    CHECK(summary(result, "Successfully updated") == 4);
    CHECK(summary(result, "Failed") == 5);
    for (int number = 1; number <= 9; ++number) {
        const Row &row = rows[static_cast<std::size_t>(number - 1)];
        CAPTURE(row.id);
        CHECK(backfill.metadata(row.id)
              == (row.after != nullptr
                      ? std::string(row.after)
                      : fmt::format(R"({{"user_id": "user{0}", "timestamp": "2025-06-26T08:55:1{1}Z", )"
                                    R"("event_type": "pcas.note.v1", "session_id": "s{1}", "event_source": "tests", )"
                                    R"("timestamp_unix": "175092811{1}"}})",
                                    number % 5, number)));
    }
}

TEST_CASE("a row that would keep the server from adding its columns is mended, so that it can") {
    Backfill backfill;
    backfill.make_events(2);
    backfill.sqlite("UPDATE events SET time = '' WHERE id = 'e2'");
    create_vectors_table(backfill.database, false);
    backfill.database.exec(R"(INSERT INTO pcas_vectors (id, embedding, metadata) VALUES
        ('e1', '{1}', '{"timestamp_unix": "2025-06-26"}'), ('e2', '{1}', '{"timestamp_unix": "soon"}'))");
    CHECK_THROWS(support::add_hybrid_search(backfill.database));

    CHECK(summary(backfill.run(), "Successfully updated") == 2);

    support::add_hybrid_search(backfill.database);
    CHECK(backfill.value("SELECT event_ts = to_timestamp(1750928111) FROM pcas_vectors WHERE id = 'e1'") == "t");
    CHECK(backfill.value("SELECT event_ts IS NULL FROM pcas_vectors WHERE id = 'e2'") == "t");
}

// ---- Files ----------------------------------------------------------------------------------------------------------

TEST_CASE("a file that holds no events, or cannot be read, is refused in one line that says what it is") {
    Backfill backfill;
    create_vectors_table(backfill.database, false);
    std::string expected;
    SUBCASE("empty") {
        support::write_file(backfill.events_db, "");
        expected = "is empty";
    }
    SUBCASE("a directory") {
        std::filesystem::create_directory(backfill.events_db);
        expected = "is a directory";
    }
    SUBCASE("encrypted") {
        support::write_file(backfill.events_db, std::string("\x93\x1f\x00\xe5", 4) + std::string(8188, '\x5a'));
        expected = "is not an SQLite database, or is encrypted";
    }
    SUBCASE("truncated") {
        backfill.make_events(1000);
        std::filesystem::resize_file(backfill.events_db, 8192);
        expected = "is damaged";
    }
    SUBCASE("of another schema") {
        backfill.sqlite("CREATE TABLE events (key, value)");
        expected = "table 'events' in ";
    }
    SUBCASE("a view") {
        backfill.sqlite("CREATE VIEW events AS SELECT 1 AS id, 2 AS type, 3 AS source");
        expected = "is not a table but a view";
    }
    SUBCASE("without rowid") {
        backfill.sqlite("CREATE TABLE events (id TEXT PRIMARY KEY, type, source) WITHOUT ROWID");
        expected = "is WITHOUT ROWID";
    }
    SUBCASE("a graph without events") {
        backfill.sqlite("CREATE TABLE nodes (id, type, content); INSERT INTO nodes VALUES ('v', 'vector', x'00')");
        expected = "has no events";
    }
    SUBCASE("locked") {
        backfill.make_events(1);
        samples::Server other(backfill.events_db, "DELETE");
        other.execute("BEGIN EXCLUSIVE");
        CHECK(contains(refusal(backfill), "stayed locked by another program"));
        return;
    }
    const std::string said = refusal(backfill);
    CHECK_MESSAGE(contains(said, expected), said);
}

TEST_CASE("damage that is met in the middle ends the run with the summary, and what was written stays") {
    Backfill backfill;
    backfill.make_events(20'000);
    backfill.sqlite("UPDATE events SET trace_id = hex(zeroblob(20000)) WHERE id = 'e15000'");
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(20'000);
    // A page that counting the events does not touch, but reading this one does.
    const std::int64_t page =
                           one_number(backfill.events_db, "SELECT min(pageno) FROM dbstat WHERE pagetype = 'overflow'"),
                       page_size = one_number(backfill.events_db, "PRAGMA page_size");
    std::string bytes = support::read_file(backfill.events_db);
    bytes.replace(static_cast<std::size_t>((page - 1) * page_size), static_cast<std::size_t>(page_size),
                  static_cast<std::size_t>(page_size), 'x');
    support::write_file(backfill.events_db, bytes);

    const Result result = backfill.run();

    CHECK(result.exit_code == 3);
    CHECK(result.out.rfind("Backfill gave up\n", 0) == 0);
    CHECK_MESSAGE(contains(result.err, "is damaged"), result.err);
    CHECK(summary(result, "Successfully updated") > 0);
    CHECK(std::stoi(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NOT NULL"))
          >= summary(result, "Successfully updated"));
}
