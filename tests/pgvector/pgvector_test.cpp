// What only real pgvector can show: backfill on the table as PCAS makes it, with VECTOR(3072), and then hybrid search
// as PCAS asks it, by cosine distance among the rows that the generated columns let through. Everything else is tested
// on a PostgreSQL of full strength.
#include "connection.hpp"
#include "private_server.hpp"
#include "process.hpp"
#include "vectors_table.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

using namespace support;

namespace {

constexpr int exit_skipped = 77;

// Shared by the cases, since its one database takes seconds to start: each case makes the table anew.
std::optional<PrivateServer> server;

// Sixty events of three users and two types, a minute apart. The n-th vector is a direction of its own, the closer to
// the first the smaller n.
struct Memory {
    explicit Memory(bool hybrid_search) : database(server->conninfo()) {
        std::filesystem::create_directory(directory / "plugins");
        std::filesystem::copy_file(setting("PCASCTL_TEST_BACKFILL"), directory / "plugins" / "backfill.so");
        SQLite::Database events(directory / "events.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        events.exec(R"(
CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, specversion TEXT NOT NULL, time DATETIME NOT NULL,
                     user_id TEXT, session_id TEXT);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO events SELECT 'e' || i, iif(i % 2, 'note', 'mail'), 'tests', '1.0', datetime(1750928100 + 60 * i, 'unixepoch'),
                          'user' || (i % 3), 's' || (i / 10) FROM n)");
        database.exec("CREATE EXTENSION IF NOT EXISTS vector; DROP TABLE IF EXISTS pcas_vectors");
        create_vectors_table(database, hybrid_search, "VECTOR(3072)");
        database.exec("INSERT INTO pcas_vectors (id, embedding) "
                      "SELECT 'e' || i, (ARRAY[1, 0.01 * i] || array_fill(0, ARRAY[3070]))::vector FROM "
                      "generate_series(1, 60) AS i");
    }

    Result backfill(const std::vector<std::string> &options = {}) const {
        std::vector<std::string> argv{
            setting("PCASCTL_TEST_PCASCTL"), "--plugin-dir", directory / "plugins", "backfill", "-s",
            directory / "events.db",         "-p",           server->conninfo(),    "-b",       "7"};
        argv.insert(argv.end(), options.begin(), options.end());
        return run(argv);
    }

    std::string embeddings() const {
        return database.value("SELECT md5(string_agg(id || embedding::text, ',' ORDER BY id)) FROM pcas_vectors");
    }

    // The ids of the three nearest to e1 among those that fit.
    std::string nearest(const std::string &filter) const {
        return database.value(
            "SELECT coalesce(string_agg(id, ' '), '') FROM (SELECT id FROM pcas_vectors WHERE " + filter
            + " ORDER BY embedding <=> (SELECT embedding FROM pcas_vectors WHERE id = 'e1') LIMIT 3) AS found");
    }

    TempDir directory;
    Connection database;
};

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("hybrid search on real vectors finds old events after a backfill") {
    const Memory memory(true);
    const std::string embeddings = memory.embeddings();
    const std::string by_user_type_and_time =
        "user_id = 'user1' AND event_type = 'note' AND event_ts BETWEEN to_timestamp(1750928100 + 60 * 10) AND "
        "to_timestamp(1750928100 + 60 * 30)";
    CHECK(memory.nearest(by_user_type_and_time) == "");

    const Result result = memory.backfill();
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "Successfully updated:   60"));
    CHECK(memory.nearest(by_user_type_and_time) == "e13 e19 e25");
    CHECK(memory.nearest("session_id = 's2'") == "e20 e21 e22");
    CHECK(memory.embeddings() == embeddings);
}

TEST_CASE("a dry run on real vectors says what the run then does, and a second run changes nothing") {
    const Memory memory(false);
    const std::string all = "SELECT md5(string_agg(v::text || xmin::text, ',' ORDER BY id)) FROM pcas_vectors AS v";
    const std::string before = memory.database.value(all);
    CHECK(contains(memory.backfill({"--dry-run"}).out, "60"));
    CHECK(memory.database.value(all) == before);

    CHECK(memory.backfill().exit_code == 0);
    const std::string after = memory.database.value(all);
    CHECK(after != before);
    const Result again = memory.backfill();
    CHECK(contains(again.out, "Unchanged:              60"));
    CHECK(memory.database.value(all) == after);
}

TEST_CASE("the server's own columns, added after a backfill, accept what backfill wrote") {
    const Memory memory(false);
    CHECK(memory.backfill().exit_code == 0);
    add_hybrid_search(memory.database);
    CHECK(memory.nearest("user_id = 'user0' AND event_type = 'mail'") == "e6 e12 e18");
}

TEST_CASE("an index for similarity search finds the same rows after a backfill, by their new versions") {
    const Memory memory(true);
    memory.database.exec(
        "CREATE INDEX by_similarity ON pcas_vectors USING hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops)");
    CHECK(memory.backfill().exit_code == 0);
    memory.database.exec("SET enable_seqscan = off; SET enable_bitmapscan = off");
    const std::string by_index = "SELECT id FROM pcas_vectors ORDER BY embedding::halfvec(3072) <=> (SELECT "
                                 "embedding::halfvec(3072) FROM pcas_vectors WHERE id = 'e1') LIMIT 3";
    // In whatever order: halves are too coarse to tell which of the three is the nearest.
    CHECK(memory.database.value("SELECT string_agg(id, ' ' ORDER BY id) FROM (" + by_index + ") AS found")
          == "e1 e2 e3");
    bool uses_index = false;
    for (const auto &line : memory.database.query("EXPLAIN " + by_index))
        uses_index = uses_index || contains(*line[0], "Index Scan using by_similarity");
    CHECK(uses_index);
}

int main(int argc, char **argv) {
    if (run({"bash", "-c", "command -v node && command -v npm"}).exit_code != 0) {
        std::cout << "skipped: there is no Node to run PGlite with\n";
        return exit_skipped;
    }
    server.emplace(setting("PCASCTL_TEST_PGVECTOR"));
    const int failed = doctest::Context(argc, argv).run();
    server.reset();
    return failed;
}
