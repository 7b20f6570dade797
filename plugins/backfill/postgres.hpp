// A thin layer on libpq: handles that close themselves, errors that carry the server's SQLSTATE, and messages without
// passwords. It knows nothing of events or vectors.
#pragma once

#include "array_parameter.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace backfill {

// Ends the run: its message is the one that the user gets.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// No connection could be made.
class NoConnection : public StoreError {
public:
    using StoreError::StoreError;
};

// What a failed statement means for the run.
enum class Trouble {
    lost,       // the connection is gone, or the server is about to close it: connect again
    contended,  // deadlock, serialization failure, lock or statement timeout: fewer rows may succeed in a moment
    exhausted,  // the server is out of disk, memory or the like: the same statement may succeed in a while
    unprepared, // the session does not have, or cannot use, a prepared statement: it is sent whole from now on
    rejected    // everything else: either something about a row, or permanent
};

struct ServerError {
    std::string sqlstate; // five characters; empty if the client noticed the error
    std::string message;  // in one line
    Trouble trouble;

    bool waited_for_lock() const { return sqlstate == "55P03" || sqlstate == "57014"; } // as far as can be told
};

// A statement that Connection::query() ran.
class StatementError : public StoreError {
public:
    explicit StatementError(const ServerError &error)
        : StoreError(error.message), trouble(error.trouble), waited_for_lock(error.waited_for_lock()) {}

    Trouble trouble;
    bool waited_for_lock; // in vain
};

using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Rows = std::unique_ptr<PGresult, decltype(&PQclear)>;

// One value of a statement with parameters.
struct Parameter {
    Oid type;
    std::string_view bytes;
    bool binary;
};

// A statement as it is sent: by its text, or by the name under which this session has prepared it.
struct Statement {
    const char *name; // of the prepared statement
    std::string text;
};

struct Preparation {
    const Statement &statement;
    std::vector<Oid> parameter_types;
};

// Is there a server that only takes nobody for the moment: it is starting or stopping, or has no connection left? It is
// asked by another attempt to connect, for libpq keeps the SQLSTATE of a failed one to itself.
bool refuses_for_now(const std::string &conninfo, std::chrono::milliseconds timeout);

class Connection {
public:
    // Connects with a URI or keyword string, and libpq's environment, service and password files. Gives up after
    // `timeout` for each address, unless the string has a connect_timeout of its own. Throws StoreError.
    Connection(const std::string &conninfo, std::chrono::milliseconds timeout);

    PGconn *handle() const { return handle_.get(); }
    bool alive() const { return PQstatus(handle_.get()) == CONNECTION_OK; }

    // Runs one statement and waits for it, as long as for a connection: then the connection counts as lost. Throws
    // StoreError, which is a StatementError if the server has answered. Not in pipeline mode.
    Rows query(const char *sql, const std::vector<Parameter> &parameters = {}) const;
    // Likewise several statements as one transaction, in one round trip. Returns the rows of the last one.
    Rows run(const std::string &statements) const;

    // Prepares statements under their names, for send(), all in one round trip, and waits for each as query() does. Returns
    // how many come before the first that the server does not want to prepare; those behind it may be prepared as well.
    // Throws StoreError if the connection is lost. Not in pipeline mode.
    std::size_t prepare(const std::vector<Preparation> &preparations) const;

    // Pipeline mode: statements are queued with send(), what stands between two sync() is one transaction, nothing
    // blocks. Leaving is possible when all answers have been read. Throws StoreError.
    void enter_pipeline() const;
    void leave_pipeline() const;

    // Queues a statement without waiting for it. Returns false if the connection is lost.
    bool send(const Statement &statement, const std::vector<Parameter> &parameters, bool prepared) const;
    bool sync() const; // likewise

    ServerError error_of(const PGresult *result) const;
    ServerError connection_error() const; // what libpq said last

private:
    Rows answer(bool sent) const;
    Rows successful(Rows rows) const;
    void hang_up() const;
    void wait_until(std::chrono::steady_clock::time_point deadline) const;
    std::string clean(const char *message) const;

    Handle handle_;
    std::chrono::milliseconds patience_;
};

// A column of a row as text; "" for NULL. The view is valid as long as the rows are.
std::string_view view(const Rows &rows, int row, int column);
std::string field(const Rows &rows, int row, int column);
bool is_null(const Rows &rows, int row, int column);
// Of an integer that is not NULL.
template <class Integer>
Integer number(const Rows &rows, int row, int column) {
    const std::string_view digits = view(rows, row, column);
    Integer value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}
bool is_true(const Rows &rows, int row, int column);

} // namespace backfill
