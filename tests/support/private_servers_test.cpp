// The servers that other tests stand on keep their promises: apart from each other, on disk what was committed, gone
// when nobody wants them.
#include "postgres_server.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using namespace support;

namespace {

PostgresServer &shared_postgres() {
    static PostgresServer server;
    return server;
}

bool becomes_true(const auto &condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
}

} // namespace

TEST_CASE("each database is new and empty") {
    Connection first(shared_postgres().create_database());
    create_vectors_table(first, false);
    Connection second(shared_postgres().create_database());
    CHECK(second.value("SELECT to_regclass('pcas_vectors') IS NULL") == "t");
    create_vectors_table(second, false);
}

TEST_CASE("the server listens nowhere but in its directory") {
    Connection connection(shared_postgres().conninfo());
    CHECK(connection.value("SHOW listen_addresses").empty());
    CHECK(connection.value("SHOW server_encoding") == "UTF8");
}

TEST_CASE("rows come back as text, NULL as nothing, errors as exceptions") {
    Connection connection(shared_postgres().conninfo());
    const auto rows = connection.query("VALUES (1, 'a'), (2, NULL) ORDER BY 1");
    CHECK(rows == std::vector<Row>{{"1", "a"}, {"2", std::nullopt}});
    CHECK_THROWS_WITH(connection.exec("SELECT nonsense"), doctest::Contains("nonsense"));
}

TEST_CASE("hybrid search's columns follow the metadata, also in rows that were there before them") {
    Connection connection(shared_postgres().create_database());
    create_vectors_table(connection, false);
    connection.exec(R"(INSERT INTO pcas_vectors (id, embedding, metadata) VALUES ('e', '{1}',
                       '{"user_id": "ada", "event_type": "note", "timestamp_unix": "1750928110"}'))");
    add_hybrid_search(connection);
    const auto rows =
        connection.query("SELECT user_id, session_id, event_type, event_ts AT TIME ZONE 'UTC' FROM pcas_vectors");
    CHECK(rows == std::vector<Row>{{"ada", std::nullopt, "note", "2025-06-26 08:55:10"}});
}

TEST_CASE("what was committed outlives a crash") {
    PostgresServer server;
    {
        Connection connection(server.conninfo());
        connection.exec("CREATE TABLE kept (n INT)");
        connection.exec("INSERT INTO kept VALUES (7)");
    }
    server.crash();
    CHECK_THROWS(Connection(server.conninfo()));
    server.start();
    CHECK(Connection(server.conninfo()).value("SELECT n FROM kept") == "7");
}

TEST_CASE("settings reach the server") {
    PostgresServer server({"max_connections=7", "work_mem=5MB"});
    Connection connection(server.conninfo());
    CHECK(connection.value("SHOW max_connections") == "7");
    CHECK(connection.value("SHOW work_mem") == "5MB");
}

TEST_CASE("a server whose owner is killed ends, and its files go") {
    const TempDir directory;
    const std::filesystem::path data = directory / "server";
    const Result result =
        run({"bash", "-c", R"("$0" start --owner $$ "$1" && kill -KILL $$)", setting("PCASCTL_TEST_POSTGRES"), data});
    CHECK(result.exit_code == 128 + 9);
    CHECK(result.out.find("host=" + data.string()) == 0);
    CHECK(becomes_true([&] { return !std::filesystem::exists(data); }));
}

TEST_CASE("PgBouncer passes statements on, each transaction to a session of its choice") {
    Pooler pooler(shared_postgres().create_database());
    Connection connection(pooler.conninfo());
    CHECK(connection.value("SELECT current_user") == "pcas");
    CHECK(connection.value("SELECT current_database()").rfind("test_", 0) == 0);
}
