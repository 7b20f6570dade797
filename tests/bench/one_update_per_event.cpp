// The original's way, with what its language and driver cost taken away: pages of events by OFFSET, one prepared UPDATE
// per event, each a transaction of its own and waited for. Rows that are right already are written again.
//
// The pages are in the order of rowid, which needs no sorting: kinder than the original's.
//
//   one_update_per_event SQLITE_FILE CONNECTION_STRING
#include "event_row.hpp"
#include "metadata.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <libpq-fe.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

using namespace backfill;

namespace {

constexpr int page_size = 100;

struct Finish {
    void operator()(PGconn *connection) const { PQfinish(connection); }
    void operator()(PGresult *result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Finish>;

void require_success(PGconn *connection, const Result &result) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection));
}

Connection connect(const char *conninfo) {
    Connection connection(PQconnectdb(conninfo));
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    require_success(
        connection.get(),
        Result(PQprepare(connection.get(), "update",
                         "UPDATE pcas_vectors SET metadata = coalesce(metadata, '{}') || $2::jsonb WHERE id = $1", 2,
                         nullptr)));
    return connection;
}

void update(PGconn *connection, const std::string &id, const std::string &metadata) {
    const char *values[] = {id.c_str(), metadata.c_str()};
    require_success(connection, Result(PQexecPrepared(connection, "update", 2, values, nullptr, nullptr, 0)));
}

int run(const char *sqlite_file, const char *conninfo) {
    const Connection connection = connect(conninfo);
    SQLite::Database database(sqlite_file, SQLite::OPEN_READONLY);
    RowFunction row_function(database, event_columns);
    SQLite::Statement page(database, R"(
        SELECT take_row(rowid, id, type, source, time, user_id, session_id, trace_id, correlation_id, NULL, NULL)
          FROM events ORDER BY rowid LIMIT ? OFFSET ?)");
    int events = 0, before = -1;
    SourceEvent source_event;
    const auto update_one = [&](const SqliteRow &row) {
        read_event_row(row, source_event);
        const auto &event = std::get<Event>(source_event);
        update(connection.get(), event.id.text, metadata_of(event));
        ++events;
        return true;
    };
    while (events != before) {
        before = events;
        page.bind(1, page_size);
        page.bind(2, events);
        row_function.read(page, update_one);
        page.reset();
    }
    std::cout << events << " events\n";
    return 0;
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    try {
        return run(argv[1], argv[2]);
    } catch (const std::exception &error) {
        std::cerr << "one_update_per_event: " << error.what() << '\n';
        return 1;
    }
}
