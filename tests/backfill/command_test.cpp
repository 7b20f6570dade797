// `pcasctl backfill` as its user meets it: the binary, a SQLite file, a PostgreSQL server. What goes well; trouble is
// in starting_trouble_test.cpp and trouble_test.cpp.
#include "command_fixture.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

using support::create_vectors_table;
using support::Result;

TEST_CASE("backfill writes the eight fields of every event, as the server would have written them") {
    Backfill backfill;
    backfill.make_events(0);
    backfill.sqlite("INSERT INTO events (id, type, source, specversion, time, trace_id, correlation_id, user_id, "
                    "session_id) VALUES "
                    "('full', 'pcas.chat.v1', 'wechat', '1.0', '2025-06-26 16:55:10.123456789 +0800 CST "
                    "m=+12.345678901', 't1', 'c1', 'ada', 's1'), "
                    "('bare', 'pcas.note.v1', 'tests', '1.0', '2025-06-26 08:55:10', '', NULL, NULL, '')");
    create_vectors_table(backfill.database, true);
    backfill.database.exec(
        "INSERT INTO pcas_vectors (id, embedding) VALUES ('full', '{1,2}'), ('bare', '{1,2}'), ('stranger', '{3,4}')");

    const Result result = backfill.run();

    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(
        backfill.metadata("full")
        == R"({"user_id": "ada", "trace_id": "t1", "timestamp": "2025-06-26T08:55:10Z", "event_type": "pcas.chat.v1", "session_id": "s1", "event_source": "wechat", "correlation_id": "c1", "timestamp_unix": "1750928110"})");
    CHECK(
        backfill.metadata("bare")
        == R"({"timestamp": "2025-06-26T08:55:10Z", "event_type": "pcas.note.v1", "event_source": "tests", "timestamp_unix": "1750928110"})");
    CHECK(backfill.metadata("stranger") == "NULL");
    CHECK(backfill.value("SELECT embedding FROM pcas_vectors WHERE id = 'stranger'") == "{3,4}");
}

TEST_CASE("every generation of the storage is read") {
    const std::string vertex =
        "CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT, created_at DATETIME);"
        "INSERT INTO nodes VALUES ('n1', 'event', "
        "'{\"id\":\"n1\",\"type\":\"t\",\"source\":\"s\",\"specversion\":\"1.0\","
        "\"time\":\"2025-06-26T08:55:10Z\",\"user_id\":\"ada\"}', NULL), ('v', 'vector', x'0000803f', NULL);";
    const std::string first =
        "CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, specversion TEXT NOT "
        "NULL, "
        "subject TEXT, data TEXT, time DATETIME NOT NULL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);"
        "INSERT INTO events (id, type, source, specversion, time) VALUES ('e1', 't', 's', '1.0', 1750928110);";
    const std::string expected =
        R"({"timestamp": "2025-06-26T08:55:10Z", "event_type": "t", "event_source": "s", "timestamp_unix": "1750928110"})";
    const std::string expected_of_node =
        R"({"user_id": "ada", "timestamp": "2025-06-26T08:55:10Z", "event_type": "t", "event_source": "s", "timestamp_unix": "1750928110"})";

    Backfill backfill;
    create_vectors_table(backfill.database, false);
    backfill.database.exec(
        "INSERT INTO pcas_vectors (id, embedding) VALUES ('e1', '{1}'), ('n1', '{1}'), ('v', '{1}')");

    SUBCASE("events") {
        backfill.sqlite(first);
        const Result result = backfill.run();
        CHECK(summary(result, "Total events processed") == 1);
        CHECK(backfill.metadata("e1") == expected);
        CHECK(backfill.metadata("n1") == "NULL");
    }
    SUBCASE("graph") {
        backfill.sqlite(vertex);
        const Result result = backfill.run();
        CHECK(summary(result, "Total events processed") == 1);
        CHECK(backfill.metadata("n1") == expected_of_node);
        CHECK(backfill.metadata("e1") == "NULL");
    }
    SUBCASE("both") {
        backfill.sqlite(first + vertex);
        const Result result = backfill.run();
        CHECK(summary(result, "Total events processed") == 2);
        CHECK(backfill.metadata("e1") == expected);
        CHECK(backfill.metadata("n1") == expected_of_node);
    }
    CHECK(backfill.metadata("v") == "NULL");
}

TEST_CASE("keys that are not ours stay, and ours that the event does not have go") {
    Backfill backfill;
    backfill.make_events(3);
    create_vectors_table(backfill.database, true);
    backfill.database.exec(R"(INSERT INTO pcas_vectors (id, embedding, metadata) VALUES
        ('e1', '{1}', '{"mine": [1, {"a": null}], "trace_id": "stale", "user_id": "wrong"}'), ('e2', '{1}', 'null'), ('e3', '{1}', '{}'))");

    const Result result = backfill.run();

    CHECK(summary(result, "Successfully updated") == 3);
    CHECK(
        backfill.metadata("e1")
        == R"({"mine": [1, {"a": null}], "user_id": "user1", "timestamp": "2025-06-26T08:55:11Z", "event_type": "pcas.note.v1", "session_id": "s1", "event_source": "tests", "timestamp_unix": "1750928111"})");
    CHECK(backfill.value("SELECT user_id FROM pcas_vectors WHERE id = 'e2'") == "user2");
    CHECK(backfill.value("SELECT user_id FROM pcas_vectors WHERE id = 'e3'") == "user3");
}

TEST_CASE("hybrid search finds old events after a backfill") {
    Backfill backfill;
    backfill.make_events(50);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(50);
    const std::string by_user = "SELECT string_agg(id, ',' ORDER BY id) FROM pcas_vectors WHERE user_id = 'user3' AND "
                                "event_type = 'pcas.note.v1'";
    const std::string by_session = "SELECT string_agg(id, ',') FROM pcas_vectors WHERE session_id = 's17'";
    const std::string by_time =
        "SELECT string_agg(id, ',' ORDER BY id) FROM pcas_vectors WHERE event_ts >= to_timestamp(1750928110 + 20) "
        "AND event_ts <= to_timestamp(1750928110 + 22)";
    CHECK(backfill.value(by_user) == "NULL");
    CHECK(backfill.value(by_time) == "NULL");

    CHECK(backfill.run().exit_code == 0);

    CHECK(backfill.value(by_user) == "e13,e18,e23,e28,e3,e33,e38,e43,e48,e8");
    CHECK(backfill.value(by_session) == "e17");
    CHECK(backfill.value(by_time) == "e20,e21,e22");
}

TEST_CASE("a second run writes no row") {
    Backfill backfill;
    backfill.make_events(250);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(240);
    CHECK(summary(backfill.run(), "Successfully updated") == 240);
    const std::string before = backfill.row_versions();

    const Result again = backfill.run();

    CHECK(again.exit_code == 0);
    CHECK(summary(again, "Successfully updated") == 0);
    CHECK(summary(again, "Unchanged") == 240);
    CHECK(summary(again, "No vector") == 10);
    CHECK(backfill.row_versions() == before);
}

TEST_CASE("a run that has nothing to write puts next to nothing into the server's log") {
    Backfill backfill;
    backfill.make_events(5000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(5000);
    const auto bytes_of = [&backfill](const std::vector<std::string> &options) {
        backfill.database.exec("VACUUM ANALYZE pcas_vectors");
        const std::string before = backfill.value("SELECT pg_current_wal_insert_lsn()");
        CHECK(backfill.run(options).exit_code == 0);
        return std::stol(backfill.value("SELECT pg_current_wal_insert_lsn() - '" + before + "'"));
    };
    CHECK(bytes_of({"--dry-run"}) < 100'000); // 5,000 locked rows would be 270,000 at least
    CHECK(bytes_of({}) > 1'000'000);
    CHECK(bytes_of({}) < 100'000);
}

TEST_CASE("a second run knows right rows from others, whatever they hold") {
    Backfill backfill;
    backfill.make_events(8);
    backfill.sqlite("UPDATE events SET user_id = replace(hex(zeroblob(50000)), '00', 'user') WHERE id = 'e8'");
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(8);
    CHECK(summary(backfill.run(), "Successfully updated") == 8);
    CHECK(backfill.value("SELECT pg_column_size(metadata) < 50000 FROM pcas_vectors WHERE id = 'e8'") == "t");
    const auto change = [&backfill](const std::string &metadata, const std::string &id) {
        backfill.database.exec("UPDATE pcas_vectors SET metadata = " + metadata + " WHERE id = '" + id + "'");
    };
    change(R"(metadata || '{"mine": 1}')", "e2");                    // right: what else it holds is not ours
    change(R"(metadata || '{"user_id": [["user3"]]}')", "e3");       // which hashes as "user3" does
    change(R"(metadata || '{"timestamp_unix": 1750928114}')", "e4"); // a number
    change(R"(metadata || '{"user_id": "somebody"}')", "e5");
    change(R"(metadata - 'session_id')", "e6");
    change("NULL", "e7");

    const Result dry = backfill.run({"--dry-run"});
    CHECK(summary(dry, "Successfully updated") == 5);
    CHECK(summary(dry, "Unchanged") == 3);
    const Result again = backfill.run();
    CHECK(summary(again, "Successfully updated") == 5);
    CHECK(summary(again, "Unchanged") == 3);
    CHECK(summary(backfill.run(), "Unchanged") == 8);
    CHECK(backfill.value("SELECT metadata -> 'mine' FROM pcas_vectors WHERE id = 'e2'") == "1");
    CHECK(backfill.value("SELECT metadata -> 'user_id' FROM pcas_vectors WHERE id = 'e3'") == "\"user3\"");
}

TEST_CASE("no transaction changes more rows than a batch has, however many a look finds stale") {
    Backfill backfill;
    backfill.make_events(3000);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(3000);
    CHECK(backfill.run({"--jobs", "1"}).exit_code == 0);
    backfill.database.exec("UPDATE pcas_vectors SET metadata = '{}' WHERE substr(id, 2)::int > 1500");
    const Result result = backfill.run({"--jobs", "1", "--batch-size", "20"});
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == 1500);
    CHECK(backfill.value("SELECT max(rows) FROM (SELECT count(*) FROM pcas_vectors WHERE substr(id, 2)::int > 1500 "
                         "GROUP BY xmin::text) AS transactions (rows)")
          == "20");
}

TEST_CASE("a dry run changes nothing and gives the numbers of the real run") {
    Backfill backfill;
    backfill.make_events(130);
    backfill.sqlite("UPDATE events SET time = 'soon' WHERE id = 'e7'");
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(120);
    backfill.database.exec(
        R"(UPDATE pcas_vectors SET metadata = '["a list"]' WHERE id = 'e9'; UPDATE pcas_vectors SET metadata = '{"mine": 1}' WHERE id = 'e1')");
    const std::string before = backfill.row_versions();

    const Result dry = backfill.run({"--dry-run"});
    CHECK(backfill.row_versions() == before);
    const Result real = backfill.run();

    CHECK(contains(dry.out, "nothing was changed"));
    for (const char *label :
         {"Total events processed", "Successfully updated", "Errors", "Unchanged", "No vector", "Failed"})
        CHECK_MESSAGE(summary(dry, label) == summary(real, label), label);
    CHECK(summary(dry, "Successfully updated") == 118);
    CHECK(summary(dry, "Failed") == 2);
    CHECK(dry.exit_code == 1);
    CHECK(real.exit_code == 1);
    CHECK(contains(dry.out, "\"e1\"\n  - {\"mine\": 1}\n  + {\"mine\": 1, \"user_id\": \"user1\""));
    CHECK(contains(dry.out, "  - (none)\n"));
}

TEST_CASE("a dry run shows what is somebody else's as the server has it") {
    Backfill backfill;
    backfill.make_events(1);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(1);
    backfill.database.exec(
        R"(UPDATE pcas_vectors SET metadata = '{"huge": 1e400, "exact": 1.10, "large": 123456789012345678901234567890}')");
    const std::string before = backfill.metadata("e1");

    const Result json = backfill.run({"--dry-run", "--output", "json"});
    CHECK_MESSAGE(json.exit_code == 0, json.err);
    CHECK_MESSAGE(contains(json.out, R"("sample":[{"id":"e1","before":)" + before + R"(,"after":{)"), json.out);
    CHECK_MESSAGE(contains(json.out, "\"}}]}\n"), json.out);
    CHECK(contains(backfill.run({"--dry-run"}).out, "  - " + before + "\n"));
}

TEST_CASE("a dry run shows nothing that acts on the terminal") {
    const std::string odd = "\x1b]0;mine\x07\r\n\x7f\xC2\x9B";
    Backfill backfill;
    backfill.make_events(1);
    backfill.sqlite(fmt::format("UPDATE events SET id = {0}, user_id = {0}", support::quoted(odd)));
    create_vectors_table(backfill.database, false);
    backfill.database.exec(fmt::format("INSERT INTO pcas_vectors (id, embedding, metadata) VALUES ({0}, '{{1}}', "
                                       "json_build_object('mine', {0}::text))",
                                       support::quoted(odd)));

    const Result result = backfill.run({"--dry-run"});

    const std::string shown = R"("\u001b]0;mine\u0007\r\n\u007f\u009b")";
    const std::string before = "  - {\"mine\": " + shown + "}\n";
    const std::string after = "  + {\"mine\": " + shown + ", \"user_id\": " + shown + ", \"timestamp\"";
    CHECK_MESSAGE(result.out.rfind(shown + "\n" + before + after, 0) == 0, result.out);
}

TEST_CASE("a server that is gone when a dry run asks for its sample costs the sample, not the summary") {
    Backfill backfill;
    backfill.make_events(1);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(1);
    backfill.database.exec("UPDATE pcas_vectors SET metadata = json_build_object('mine', repeat('m', 100000))");
    const support::Proxy proxy(backfill.conninfo);
    const std::string conninfo = proxy.through(backfill.conninfo);
    CHECK(backfill.run({"--dry-run", "--postgres", conninfo}).exit_code == 0);
    const std::uint64_t all = proxy.status().bytes; // the last 200,000 of them the sample's

    for (const char *output : {"text", "json"}) {
        proxy.tell("cut " + std::to_string(all - 100'000));
        const Result result = backfill.run({"--dry-run", "--postgres", conninfo, "--retries", "0", "--output", output});
        CHECK(result.exit_code == 0);
        CHECK_MESSAGE(contains(result.err, "there is no sample"), result.err);
        if (output == std::string("text")) {
            CHECK(result.out.rfind("Dry run finished", 0) == 0);
            CHECK(summary(result, "Successfully updated") == 1);
        } else {
            const auto report = nlohmann::json::parse(result.out);
            CHECK(report["status"] == "done");
            CHECK(report["updated"] == 1);
            CHECK(report["sample"].empty());
        }
    }
}

TEST_CASE("the summary adds up, as text and as JSON") {
    Backfill backfill;
    backfill.make_events(105);
    backfill.sqlite("UPDATE events SET time = 'soon' WHERE id = 'e5'");
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(100);

    const Result text = backfill.run();
    CHECK(text.out.rfind("Backfill finished\n", 0) == 0);
    CHECK(summary(text, "Total events processed") == 105);
    CHECK(summary(text, "Successfully updated") == 99);
    CHECK(summary(text, "Errors") == 6);
    CHECK(summary(text, "Unchanged") == 0);
    CHECK(summary(text, "No vector") == 5);
    CHECK(summary(text, "Failed") == 1);
    CHECK(summary(text, "Elapsed") >= 0);
    CHECK(summary(text, "Rate") >= 0);

    const Result json = backfill.run({"--output", "json"});
    const auto report = nlohmann::json::parse(json.out);
    CHECK(report["status"] == "done");
    CHECK(report["dry_run"] == false);
    CHECK(report["processed"] == 105);
    CHECK(report["updated"] == 0);
    CHECK(report["unchanged"] == 99);
    CHECK(report["errors"] == 6);
    CHECK(report["no_vector"] == 5);
    CHECK(report["failed"] == 1);
    CHECK(report["elapsed_seconds"].is_number());
    CHECK(report["events_per_second"].is_number());
    CHECK_FALSE(report.contains("sample"));

    backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL WHERE id = 'e1'");
    const auto dry = nlohmann::json::parse(backfill.run({"--output", "json", "-d"}).out);
    REQUIRE(dry["sample"].size() == 1);
    CHECK(dry["sample"][0]["id"] == "e1");
    CHECK(dry["sample"][0]["before"].is_null());
    CHECK(dry["sample"][0]["after"]["user_id"] == "user1");
}

TEST_CASE("progress: one line a batch, when 10 more updates or 1000 more events are done") {
    Backfill backfill;
    backfill.make_events(2500);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(25);

    // 25 updates: lines behind the batches that pass 10 and 20. No others until 1000 and 2000 events are processed.
    const Result small = backfill.run({"--batch-size", "5", "--log-level", "info"});
    CHECK(occurrences(small.err, "progress ") == 4);
    CHECK(contains(small.err, "processed=10 of=2500 updated=10 errors=0"));
    CHECK(contains(small.err, "processed=20 of=2500 updated=20 errors=0"));
    CHECK(contains(small.err, "processed=1000 of=2500 updated=25 errors=975"));
    CHECK(contains(small.err, "processed=2000 of=2500 updated=25 errors=1975"));

    // Both are due behind the same batch: one line.
    backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
    CHECK(occurrences(backfill.run({"--batch-size", "2500"}).err, "progress ") == 1);
}

TEST_CASE("on a terminal, a line below the log says how far the run has come, and is gone before the summary ends") {
    Backfill backfill;
    backfill.make_events(20);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(20);
    std::string command;
    for (const std::string &word : backfill.command_line({"--postgres", backfill.conninfo}))
        command += "'" + word + "' ";
    // script(1) gives its command a terminal; its stdout is that terminal's content.
    const support::Result result =
        support::run({"script", "-qec", command, "/dev/null"}, {.environment = {{"TERM", "xterm"}}});
    CHECK(result.exit_code == 0);
    CHECK_MESSAGE(contains(result.out, "\rBackfilling: 0 of 20 events (0 %)\x1b[K"), result.out);
    CHECK(contains(result.out, "progress processed=20 of=20 updated=20 errors=0"));
    CHECK(result.out.substr(result.out.size() - 4) == "\r\x1b[K");
}

TEST_CASE("every failed update is logged, with its id and reason") {
    Backfill backfill;
    backfill.make_events(3);
    backfill.sqlite("UPDATE events SET time = 'soon' WHERE id = 'e2'");
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(2);

    const Result result = backfill.run();
    CHECK(contains(result.err, "event_id=e3 reason=\"no corresponding vector\""));
    CHECK(contains(result.err, "event_id=e2 reason="));
    CHECK(contains(result.err, "soon"));

    const Result quiet = backfill.run({"--quiet"});
    CHECK_FALSE(contains(quiet.err, "event_id=e3"));
    CHECK(contains(quiet.err, "event_id=e2"));
}

TEST_CASE("the database comes from PG_DSN as well, and the command line wins") {
    Backfill backfill;
    backfill.make_events(1);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(1);

    support::RunOptions how;
    how.environment["PG_DSN"] = backfill.conninfo;
    CHECK(summary(backfill.run({}, how), "Successfully updated") == 1);

    how.environment["PG_DSN"] = "host=/nowhere";
    CHECK(summary(backfill.run({"--postgres", backfill.conninfo}, how), "Unchanged") == 1);
}

TEST_CASE("a URI is as good as a keyword string") {
    Backfill backfill;
    backfill.make_events(1);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(1);
    const std::string host = backfill.value("SHOW unix_socket_directories");

    const Result result = backfill.run(
        {"--postgres", "postgresql:///" + backfill.value("SELECT current_database()") + "?host=" + host + "&user="
                           + backfill.value("SELECT current_user") + "&port=" + backfill.value("SHOW port")});

    CHECK_MESSAGE(summary(result, "Successfully updated") == 1, result.err);
}

TEST_CASE("--table names another table, as SQL would") {
    Backfill backfill;
    backfill.make_events(2);
    create_vectors_table(backfill.database, false);
    backfill.make_vectors(2);
    backfill.database.exec("CREATE SCHEMA \"My Memory\"; ALTER TABLE pcas_vectors SET SCHEMA \"My Memory\"; "
                           "ALTER TABLE \"My Memory\".pcas_vectors RENAME TO \"Vec\"\"tors\"");

    const Result result = backfill.run({"--table", R"("My Memory"."Vec""tors")"});
    CHECK_MESSAGE(summary(result, "Successfully updated") == 2, result.err);

    backfill.database.exec(
        R"(ALTER TABLE "My Memory"."Vec""tors" SET SCHEMA public; ALTER TABLE "Vec""tors" RENAME TO old_vectors)");
    CHECK(summary(backfill.run({"--table", "Public.OLD_Vectors"}), "Unchanged") == 2);
}

TEST_CASE("hostile ids and texts arrive as they are") {
    Backfill backfill;
    backfill.make_events(0);
    create_vectors_table(backfill.database, false);
    const std::vector<std::string> ids{"{a,\"b\"}", "back\\slash",      "quote'quote",         "comma,comma",
                                       "NULL",      "\xF0\x9F\x98\x80", "line\nbreak\ttab\x01"};
    for (const std::string &id : ids) {
        backfill.sqlite(fmt::format("INSERT INTO events (id, type, source, specversion, time, user_id) "
                                    "VALUES ({0}, 't', 's', '1', 0, {0})",
                                    support::quoted(id)));
        backfill.database.exec(
            fmt::format("INSERT INTO pcas_vectors (id, embedding) VALUES ({}, '{{1}}')", support::quoted(id)));
    }

    const Result result = backfill.run();

    CHECK(summary(result, "Successfully updated") == static_cast<int>(ids.size()));
    CHECK(backfill.value("SELECT count(*) FROM pcas_vectors WHERE metadata->>'user_id' = id")
          == std::to_string(ids.size()));
}
