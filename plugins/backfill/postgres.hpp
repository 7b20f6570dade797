// A thin layer on libpq: handles that close themselves, errors that carry the server's SQLSTATE, and messages without
// passwords. It knows nothing of events or vectors.
#pragma once

#include "array_parameter.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
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
    std::string name; // of the prepared statement
    std::string text;
};

// A statement to be sent by its text, once.
struct Query {
    std::string sql;
    std::vector<Parameter> parameters = {}; // their bytes are borrowed
};
using Transaction = std::vector<Query>;

// What came of a transaction.
struct Reply {
    std::vector<Rows> rows; // of each statement, until one failed
    std::optional<ServerError> error;

    const Rows &last() const; // rows. Throws StoreError if there was an error.
    // Does the first value, in the only row, of the first statement that returned rows begin so?
    bool begins_with(std::string_view value) const;
};

// A word that nobody else knows. What is asked to answer with it tells its answers from those to others.
std::string new_watchword();
// When it does not. A pooler may hand on a session that has more to say to somebody else.
extern const char *const answers_somebody_else;

// Is there a server that only takes nobody for the moment: it is starting or stopping, or has no connection left? It is
// asked by another attempt to connect, for libpq keeps the SQLSTATE of a failed one to itself.
bool refuses_for_now(const std::string &conninfo, std::chrono::milliseconds timeout);

// In libpq's pipeline mode: what stands between two sync() is one transaction, and several may be on their way.
class Connection {
public:
    using Clock = std::chrono::steady_clock;

    // Connects with a URI or keyword string, and libpq's environment, service and password files. Gives up after
    // `timeout` for each address, unless the string has a connect_timeout of its own. Throws StoreError.
    Connection(const std::string &conninfo, std::chrono::milliseconds timeout);

    PGconn *handle() const { return handle_.get(); }
    bool alive() const { return PQstatus(handle_.get()) == CONNECTION_OK; }

    // Runs transactions, all in one round trip, and waits for each of them as long as for a connection; then the connection
    // counts as lost, and StoreError is thrown. So it does if what came answers somebody else, or comes from another process
    // in a session that was ours alone. Returns a reply to each. Only when nothing else is on its way.
    std::vector<Reply> ask(const std::vector<Transaction> &transactions);
    // Likewise one statement. Throws StoreError if it fails, too.
    Rows query(std::string sql, std::vector<Parameter> parameters = {});

    // Of what was asked: was the session there for us alone, or did another one answer than that which greeted us, as behind
    // a transaction-mode pooler? And what was the shortest time from asking to the first answer?
    bool is_ours_alone() const { return ours_alone_; }
    // The server's process that greeted us.
    std::string process() const { return std::to_string(PQbackendPID(handle_.get())); }
    // That, and our port (over a Unix socket: the server's): what the server knows the session by if nothing stands between.
    std::string ends() const;
    Clock::duration round_trip() const { return round_trip_; }

    // Each queues something, without waiting for it, and returns false if the connection is lost: a statement by its text; its
    // preparation, under its name; the statement by that name; the end of a transaction.
    bool send(const std::string &sql, const std::vector<Parameter> &parameters) const;
    bool prepare(const Statement &statement, const std::vector<Parameter> &parameters) const;
    bool send_prepared(const Statement &statement, const std::vector<Parameter> &parameters) const;
    bool sync() const;
    // The reply to the next transaction that is on its way, if it is here. Only if there is one.
    std::optional<Reply> receive();

    ServerError connection_error() const; // what libpq said last

private:
    ServerError error_of(const PGresult *result) const;
    Reply wait_for_reply();
    void hang_up() const;
    void wait_until(std::chrono::steady_clock::time_point deadline) const;
    std::string clean(const char *message) const;

    Handle handle_;
    std::chrono::milliseconds patience_;
    bool was_asked_ = false;
    bool ours_alone_ = false;
    Clock::duration round_trip_ = Clock::duration::max();
    Reply reply_; // what is here of the next one
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
