#include "postgres.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <sys/socket.h>
#include <utility>

namespace backfill {
namespace {

// libpq quotes the offending part of a connection string in its message, which may be the password: only what stands
// before is shown.
std::string without_quotations(std::string_view message) {
    const std::size_t quote = message.find_first_of("\"'");
    std::string kept(message.substr(0, quote));
    while (!kept.empty() && (kept.back() == ' ' || kept.back() == ':' || kept.back() == '\n')) kept.pop_back();
    return kept;
}

// Refuses what libpq would refuse, but in words that cannot hold a password.
const std::string &checked(const std::string &conninfo) {
    char *message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(conninfo.c_str(), &message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
    if (options == nullptr)
        throw StoreError(fmt::format("the PostgreSQL connection string cannot be read ({}); give a URI such as "
                                     "postgresql://user@host/pcas or keywords such as \"host=localhost dbname=pcas\"",
                                     message != nullptr ? without_quotations(message) : "out of memory"));
    return conninfo;
}

// Calls one of libpq's functions that connect.
auto connect(const std::string &conninfo, std::chrono::milliseconds timeout, const auto &function) {
    const std::string seconds =
        std::to_string(std::max<std::int64_t>((timeout.count() + 999) / 1000, 2)); // libpq's least
    // In this order: what stands before dbname is a default that the connection string may change, what stands behind
    // is not.
    static constexpr std::array keywords{"fallback_application_name", "connect_timeout", "dbname", "client_encoding",
                                         static_cast<const char *>(nullptr)};
    const std::array values{"pcasctl backfill", seconds.c_str(), conninfo.c_str(), "UTF8",
                            static_cast<const char *>(nullptr)};
    return function(keywords.data(), values.data(), 1);
}

bool begins_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

Trouble trouble_of(std::string_view severity, std::string_view sqlstate) {
    const bool shutting_down = sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03";
    const bool hangs_up = severity == "FATAL" || severity == "PANIC";
    // What we send is well-formed: somebody between us and the server has cut it, or answers somebody else.
    const bool garbled = sqlstate == "22P03";
    if (hangs_up || shutting_down || garbled || begins_with(sqlstate, "08")) return Trouble::lost;
    // Serialization failure, deadlock, lock timeout, statement timeout (or an administrator's cancel).
    for (const char *contended : {"40001", "40P01", "55P03", "57014"})
        if (sqlstate == contended) return Trouble::contended;
    if (begins_with(sqlstate, "53")) return Trouble::exhausted;
    return Trouble::rejected;
}

// Waits until the socket is ready for one of the events, or a signal comes. False if it is too late.
bool is_ready(const PGconn *connection, short events, std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd socket{PQsocket(connection), events, 0};
    return ::poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) != 0;
}

// libpq's messages have a line for each thing that it says. Where it breaks a sentence, the rest is indented.
std::string in_one_line(std::string_view message) {
    constexpr std::string_view space = " \n\t";
    std::string text;
    while (true) {
        const std::size_t begin = message.find_first_not_of(space);
        if (begin == std::string_view::npos) return text;
        const std::string_view gap = message.substr(0, begin);
        const bool within_sentence =
            gap.ends_with('\t') && std::islower(static_cast<unsigned char>(message[begin])) != 0;
        const bool new_line = gap.find('\n') != std::string_view::npos && !within_sentence;
        const bool ended = text.empty() || std::string_view(".,:;?!").find(text.back()) != std::string_view::npos;
        if (!text.empty()) text += new_line && !ended ? "; " : " ";
        message.remove_prefix(begin);
        const std::size_t end = std::min(message.find_first_of(space), message.size());
        text += message.substr(0, end);
        message.remove_prefix(end);
    }
}

struct Parameters {
    explicit Parameters(const std::vector<Parameter> &parameters) {
        for (const Parameter &parameter : parameters) {
            types.push_back(parameter.type);
            values.push_back(parameter.bytes.data());
            lengths.push_back(static_cast<int>(parameter.bytes.size()));
            formats.push_back(parameter.binary ? 1 : 0);
        }
    }
    int count() const { return static_cast<int>(types.size()); }

    std::vector<Oid> types;
    std::vector<const char *> values;
    std::vector<int> lengths;
    std::vector<int> formats;
};

} // namespace

Connection::Connection(const std::string &conninfo, std::chrono::milliseconds timeout)
    : handle_(connect(checked(conninfo), timeout, PQconnectdbParams), &PQfinish), patience_(timeout) {
    if (handle_ == nullptr) throw StoreError("out of memory while connecting to PostgreSQL");
    if (!alive()) {
        const std::string message = clean(PQerrorMessage(handle_.get()));
        const bool too_late = message.find("timeout expired") != std::string::npos; // as libpq says it
        throw NoConnection(message + (too_late ? " (--connect-timeout)" : ""));
    }
    // libpq would print the notices of triggers and the like on stderr, between the log's lines.
    PQsetNoticeProcessor(
        handle_.get(), [](void *, const char *) {}, nullptr);
    if (PQsetnonblocking(handle_.get(), 1) != 0 || PQenterPipelineMode(handle_.get()) != 1)
        throw StoreError(connection_error().message);
}

bool refuses_for_now(const std::string &conninfo, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const Handle handle(connect(checked(conninfo), timeout, PQconnectStartParams), &PQfinish);
    PQsetErrorVerbosity(handle.get(), PQERRORS_SQLSTATE);
    auto status = PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
        const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!is_ready(handle.get(), events, deadline)) return false;
        status = PQconnectPoll(handle.get());
    }
    if (status == PGRES_POLLING_OK) return true;
    const std::string_view message = PQerrorMessage(handle.get());
    for (const char *sqlstate : {":  57P03\n", ":  53300\n"}) // cannot connect now, too many connections
        if (message.find(sqlstate) != std::string_view::npos) return true;
    return false;
}

std::string new_watchword() {
    std::random_device device;
    return fmt::format("{:08x}{:08x}", device(), device());
}

const char *const answers_somebody_else =
    "an answer to somebody else came, as from a pooler that hands on a session too early";

bool Reply::begins_with(std::string_view value) const {
    const auto first = std::find_if(rows.begin(), rows.end(),
                                    [](const Rows &each) { return PQresultStatus(each.get()) == PGRES_TUPLES_OK; });
    return first != rows.end() && PQntuples(first->get()) == 1 && view(*first, 0, 0).starts_with(value);
}

const Rows &Reply::last() const {
    if (error) throw StoreError(error->message);
    return rows.back();
}

// Behind all else it asks who it is that answers, with a watchword. Had an answer to somebody else come before or between the
// others, this would not be the last one.
std::vector<Reply> Connection::ask(const std::vector<Transaction> &transactions) {
    const auto start = Clock::now();
    const std::string watchword = new_watchword();
    bool sent = true;
    for (const Transaction &transaction : transactions) {
        for (const Query &query : transaction) sent = sent && send(query.sql, query.parameters);
        sent = sent && sync();
    }
    if (!sent || !send("SELECT $1::text, pg_backend_pid()", {{text_oid, watchword, false}}) || !sync()) {
        const std::string message = connection_error().message;
        hang_up(); // part of it may have been sent
        throw StoreError(message);
    }

    std::vector<Reply> replies;
    while (replies.size() <= transactions.size()) {
        replies.push_back(wait_for_reply());
        if (replies.size() == 1) round_trip_ = std::min(round_trip_, Clock::now() - start);
    }
    const Reply who = std::move(replies.back());
    replies.pop_back();
    const bool is_answer = who.begins_with(watchword);
    const bool is_from_process = is_answer && view(who.last(), 0, 1) == process();
    if (!std::exchange(was_asked_, true)) ours_alone_ = is_from_process;
    if (!is_answer || (ours_alone_ && !is_from_process)) {
        hang_up();
        throw StoreError(who.error ? who.error->message : answers_somebody_else);
    }
    return replies;
}

Rows Connection::query(std::string sql, std::vector<Parameter> parameters) {
    std::vector<Reply> replies = ask({{{std::move(sql), std::move(parameters)}}});
    replies.front().last();
    return std::move(replies.front().rows.back());
}

// libpq's own waiting knows no end, and a pooler may take a question for which it never finds a server.
Reply Connection::wait_for_reply() {
    const auto deadline = Clock::now() + patience_;
    std::optional<Reply> reply = receive();
    for (; !reply && alive(); reply = receive()) wait_until(deadline);
    if (!reply) throw StoreError((reply_.error ? *reply_.error : connection_error()).message);
    if (reply->error && reply->error->trouble == Trouble::lost) {
        // A pooler may hand us a session in the middle of an answer to somebody else: libpq complains, and stays connected.
        if (alive()) hang_up();
        throw StoreError(reply->error->message);
    }
    return std::move(*reply);
}

// Of a transaction's errors the first one counts: what follows is skipped because of it.
std::optional<Reply> Connection::receive() {
    for (bool at_end = false; PQisBusy(handle_.get()) == 0;) {
        Rows result(PQgetResult(handle_.get()), &PQclear);
        if (result == nullptr) {   // the end of a statement's results
            if (at_end) hang_up(); // libpq is out of step with the server: it takes everything to be answered
            if (!alive()) return std::nullopt;
            at_end = true;
            continue;
        }
        at_end = false;
        switch (PQresultStatus(result.get())) {
        case PGRES_PIPELINE_SYNC:
            return std::exchange(reply_, {});
        case PGRES_PIPELINE_ABORTED:
            break;
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            reply_.rows.push_back(std::move(result));
            break;
        default:
            if (!reply_.error) reply_.error = error_of(result.get());
            if (!alive()) return std::nullopt;
        }
    }
    return std::nullopt;
}

void Connection::wait_until(std::chrono::steady_clock::time_point deadline) const {
    const int unsent = PQflush(handle_.get());
    if (!is_ready(handle_.get(), static_cast<short>(POLLIN | (unsent == 1 ? POLLOUT : 0)), deadline)) {
        hang_up();
        throw StoreError(fmt::format("the server did not answer within {} ms (--connect-timeout)", patience_.count()));
    }
    PQconsumeInput(handle_.get());
}

std::string Connection::ends() const {
    sockaddr_storage ours{};
    socklen_t length = sizeof ours;
    std::string port = PQport(handle_.get());
    if (::getsockname(PQsocket(handle_.get()), reinterpret_cast<sockaddr *>(&ours), &length) == 0) {
        if (ours.ss_family == AF_INET)
            port = std::to_string(ntohs(reinterpret_cast<const sockaddr_in &>(ours).sin_port));
        else if (ours.ss_family == AF_INET6)
            port = std::to_string(ntohs(reinterpret_cast<const sockaddr_in6 &>(ours).sin6_port));
    }
    return process() + " " + port;
}

// Whoever comes back to it finds it lost.
void Connection::hang_up() const {
    ::shutdown(PQsocket(handle_.get()), SHUT_RDWR);
    while (alive() && PQconsumeInput(handle_.get()) == 1) continue; // what had come before, until the end
}

bool Connection::send(const std::string &sql, const std::vector<Parameter> &parameters) const {
    const Parameters p(parameters);
    return PQsendQueryParams(handle_.get(), sql.c_str(), p.count(), p.types.data(), p.values.data(), p.lengths.data(),
                             p.formats.data(), 0)
           == 1;
}

bool Connection::prepare(const Statement &statement, const std::vector<Parameter> &parameters) const {
    const Parameters p(parameters);
    return PQsendPrepare(handle_.get(), statement.name.c_str(), statement.text.c_str(), p.count(), p.types.data()) == 1;
}

bool Connection::send_prepared(const Statement &statement, const std::vector<Parameter> &parameters) const {
    const Parameters p(parameters);
    return PQsendQueryPrepared(handle_.get(), statement.name.c_str(), p.count(), p.values.data(), p.lengths.data(),
                               p.formats.data(), 0)
           == 1;
}

bool Connection::sync() const {
    return PQpipelineSync(handle_.get()) == 1;
}

ServerError Connection::error_of(const PGresult *result) const {
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (sqlstate == nullptr || primary == nullptr) return {"", clean(PQresultErrorMessage(result)), Trouble::lost};
    std::string message = primary;
    if (const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL))
        message += fmt::format(" ({})", detail);
    if (const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT)) message += fmt::format("; hint: {}", hint);
    return {sqlstate, fmt::format("{} [SQLSTATE {}]", clean(message.c_str()), sqlstate),
            trouble_of(severity != nullptr ? severity : "", sqlstate)};
}

ServerError Connection::connection_error() const {
    return {"", clean(PQerrorMessage(handle_.get())), Trouble::lost};
}

std::string Connection::clean(const char *message) const {
    std::string text = in_one_line(message != nullptr ? message : "");
    const std::string_view password = PQpass(handle_.get()) != nullptr ? PQpass(handle_.get()) : "";
    if (password.empty()) return text;
    for (std::size_t at = 0; (at = text.find(password, at)) != std::string::npos; at += 3)
        text.replace(at, password.size(), "***");
    return text;
}

std::string_view view(const Rows &rows, int row, int column) {
    return {PQgetvalue(rows.get(), row, column), static_cast<std::size_t>(PQgetlength(rows.get(), row, column))};
}

std::string field(const Rows &rows, int row, int column) {
    return std::string(view(rows, row, column));
}

bool is_null(const Rows &rows, int row, int column) {
    return PQgetisnull(rows.get(), row, column) == 1;
}

bool is_true(const Rows &rows, int row, int column) {
    return view(rows, row, column) == "t";
}

} // namespace backfill
