// A connection to PostgreSQL for tests: runs SQL and gives rows back as text. Any error is an exception with the
// server's words, which fails the test.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace support {

using Row = std::vector<std::optional<std::string>>; // a NULL is nullopt

class Connection {
public:
    explicit Connection(const std::string &conninfo);

    // One or more statements without parameters; several are one transaction.
    void exec(const std::string &sql) const;
    std::vector<Row> query(const std::string &sql) const;
    // The one value of a query that gives one row with one column which is not NULL.
    std::string value(const std::string &sql) const;

    PGconn *handle() const { return handle_.get(); }

private:
    struct Finish {
        void operator()(PGconn *connection) const { PQfinish(connection); }
    };
    std::unique_ptr<PGconn, Finish> handle_;
};

// A text as a literal of SQL, for SQLite as well.
std::string quoted(const std::string &text);

// Returns when a session of this name waits for a row that another one holds.
void wait_until_blocked(const Connection &observer, const std::string &application_name = "pcasctl backfill");

} // namespace support
