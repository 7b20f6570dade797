#include "connection.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace support {
namespace {

struct Clear {
    void operator()(PGresult *result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

Result run(PGconn *connection, const std::string &sql) {
    Result result(PQexec(connection, sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection) + ("in: " + sql));
    return result;
}

std::optional<std::string> field(const PGresult *result, int row, int column) {
    if (PQgetisnull(result, row, column) == 1) return std::nullopt;
    return std::string(PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column)));
}

} // namespace

Connection::Connection(const std::string &conninfo) : handle_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(handle_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(handle_.get()));
    PQsetNoticeProcessor(
        handle_.get(), [](void *, const char *) {}, nullptr); // else they stand among the test's output
}

void Connection::exec(const std::string &sql) const {
    run(handle_.get(), sql);
}

std::vector<Row> Connection::query(const std::string &sql) const {
    const Result result = run(handle_.get(), sql);
    std::vector<Row> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        rows.emplace_back();
        for (int column = 0; column < PQnfields(result.get()); ++column)
            rows.back().push_back(field(result.get(), row, column));
    }
    return rows;
}

std::string Connection::value(const std::string &sql) const {
    const std::vector<Row> rows = query(sql);
    if (rows.size() != 1 || rows[0].size() != 1 || !rows[0][0]) throw std::runtime_error("not one value: " + sql);
    return *rows[0][0];
}

std::string quoted(const std::string &text) {
    std::string literal = "'";
    for (const char character : text) literal += character == '\'' ? std::string("''") : std::string(1, character);
    return literal + "'";
}

// By a row: two connections also wait for each other, for a moment, where the table grows ("extend").
void wait_until_blocked(const Connection &observer, const std::string &application_name) {
    while (observer.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + application_name
                          + "' AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')")
           == "0")
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

} // namespace support
