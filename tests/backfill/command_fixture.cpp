#include "command_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace {

support::PostgresServer &server() {
    static support::PostgresServer the_server({"autovacuum=off"}); // it would write when nobody expects it
    return the_server;
}

} // namespace

Backfill::Backfill() : events_db(directory / "events.db"), conninfo(server().create_database()), database(conninfo) {
    std::filesystem::create_directory(directory / "plugins");
    std::filesystem::copy_file(support::setting("PCASCTL_TEST_BACKFILL"), directory / "plugins" / "backfill.so");
}

std::vector<std::string> Backfill::command_line(const std::vector<std::string> &options) const {
    std::vector<std::string> argv{support::setting("PCASCTL_TEST_PCASCTL"),
                                  "--plugin-dir",
                                  directory / "plugins",
                                  "backfill",
                                  "--sqlite",
                                  events_db};
    argv.insert(argv.end(), options.begin(), options.end());
    return argv;
}

support::Result Backfill::run(const std::vector<std::string> &options, const support::RunOptions &how) const {
    std::vector<std::string> argv = command_line(options);
    const bool database_given =
        how.environment.count("PG_DSN") != 0 || std::find(argv.begin(), argv.end(), "--postgres") != argv.end();
    if (!database_given) argv.insert(argv.end(), {"--postgres", conninfo});
    return support::run(argv, how);
}

void Backfill::sqlite(const std::string &sql) const {
    SQLite::Database(events_db, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

void Backfill::make_events(int count) const {
    sqlite(R"(
        CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, specversion TEXT NOT NULL,
                             subject TEXT, data TEXT, time DATETIME NOT NULL, trace_id TEXT, correlation_id TEXT,
                             created_at DATETIME DEFAULT CURRENT_TIMESTAMP, user_id TEXT, session_id TEXT);
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < )"
           + std::to_string(count) + R"()
        INSERT INTO events (id, type, source, specversion, data, time, trace_id, user_id, session_id)
        SELECT 'e' || i, 'pcas.note.v1', 'tests', '1.0', '{}',
               strftime('%Y-%m-%d %H:%M:%S', 1750928110 + i, 'unixepoch') || '.5+00:00', '', 'user' || (i % 5), 's' || i
          FROM n WHERE i > 0)");
}

void Backfill::make_vectors(int count) const {
    database.exec("INSERT INTO pcas_vectors (id, embedding) SELECT 'e' || i, ARRAY[i, 0.5] FROM generate_series(1, "
                  + std::to_string(count) + ") AS i");
}

// The server keeps its roles from one database, and so from one test case, to the next.
std::string Backfill::create_role(const std::string &name, const std::string &privileges) const {
    database.exec(fmt::format("DO $$ BEGIN CREATE ROLE {0} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                              "GRANT {1} ON pcas_vectors TO {0}",
                              name, privileges));
    return conninfo + " user=" + name;
}

std::string Backfill::value(const std::string &sql) const {
    const auto rows = database.query(sql);
    if (rows.size() != 1 || rows[0].size() != 1) throw std::runtime_error("not one value: " + sql);
    return rows[0][0].value_or("NULL");
}

std::string Backfill::metadata(const std::string &id) const {
    return value("SELECT metadata FROM pcas_vectors WHERE id = '" + id + "'");
}

std::string Backfill::row_versions() const {
    return value("SELECT md5(string_agg(id || ctid || xmin || coalesce(metadata::text, ''), ',' ORDER BY id)) FROM "
                 "pcas_vectors");
}

Ready::Ready(int events) {
    make_events(events);
    support::create_vectors_table(database, true);
    make_vectors(events);
}

std::string Ready::updated() const {
    return value("SELECT count(*) FROM pcas_vectors WHERE metadata IS NOT NULL");
}

// All of that name, for 17 has another argument.
void change_privilege_to_flush(const Backfill &backfill, const std::string &change) {
    backfill.database.exec("DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE proname = "
                           "'pg_logical_emit_message' LOOP EXECUTE format('"
                           + change + "', f); END LOOP; END $$");
}

std::string complaint(const Backfill &backfill, const std::vector<std::string> &options, int exit_code) {
    const support::Result result = backfill.run(options);
    CHECK_MESSAGE(result.exit_code == exit_code, result.err);
    CHECK(result.out == "");
    CHECK_MESSAGE(occurrences(result.err, "\n") == 1, result.err);
    return result.err;
}

LockedRow::LockedRow(const Backfill &backfill, const std::string &id) : session(backfill.conninfo) {
    session.exec("BEGIN; SELECT 1 FROM pcas_vectors WHERE id = '" + id + "' FOR UPDATE");
}

void take_table_away(const Backfill &backfill, LockedRow &lock) {
    wait_until_blocked(backfill.database);
    std::thread renaming([&] { backfill.database.exec("ALTER TABLE pcas_vectors RENAME TO elsewhere"); });
    const support::Connection observer(backfill.conninfo);
    while (observer.query("SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'").empty())
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    lock.release();
    renaming.join();
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

int occurrences(const std::string &text, const std::string &part) {
    int count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
    return count;
}
