// What the vector store does about lost connections, and about errors of the server.
#include "back_off.hpp"
#include "vector_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backfill {
namespace {

// Each of them may crash the server, for everybody, some ten times until it is found.
constexpr int most_lethal_events = 3;

bool may_doom_all(const std::string &sqlstate) {
    // Invalid transaction state (a server that became read-only), undefined objects and privileges, unsupported
    // features.
    for (const char *sqlstate_class : {"25", "42", "0A", "3D", "3F"})
        if (sqlstate.rfind(sqlstate_class, 0) == 0) return true;
    return false;
}

} // namespace

// Returns when to look again. The end of time: when an answer has come, or a connection.
VectorStore::Clock::time_point VectorStore::resolve_doubt() {
    constexpr auto later = Clock::time_point::max();
    const auto due = access_.next_check();
    if (Clock::now() < due) return due;
    Lane *lane = lanes_.least_busy();
    if (lane == nullptr || !lane->idle()) return later;
    if (!asked(*lane, [this](Connection &connection) { access_.check(connection.ask(access_.questions())); }))
        return later;
    access_.checked_again();
    return access_.in_doubt() ? access_.next_check() : later;
}

// A connection was lost, and with it its answers.
void VectorStore::take_back(LostWork work) {
    ++lost_since_answer_;
    for (const Row &row : work.unflushed) --row.job->unflushed;
    waiting_.add({std::move(work.unflushed), Step::check});
    if (work.requests.empty()) return;
    std::optional<Request> suspect; // none if the server was locating batches: what came behind had not been begun
    if (work.requests.front().step != Step::locate) {
        suspect = std::move(work.requests.front());
        work.requests.pop_front();
    }
    for (; !work.requests.empty(); work.requests.pop_back()) put_back_lost(std::move(work.requests.back()));
    if (suspect) put_back_suspect(std::move(*suspect), work);
}

// An update whose answer did not arrive may be committed, and not durable. Where rows lie is not relied on again: others may
// lie between which the server stumbles over.
void VectorStore::put_back_lost(Request request) {
    if (request.step == Step::locate) return leave_unlocated(request, Trouble::lost);
    if (request.step == Step::update)
        for (const Row &row : request.rows) row.job->is_written[row.at] = true;
    request.place.reset();
    waiting_.put_back(std::move(request));
}

// Once is nothing. After that its rows wait until others have gone first: if those are answered, the trouble lies neither
// with the link nor with the server as a whole.
void VectorStore::put_back_suspect(Request request, const LostWork &work) {
    if (++request.losses == 1) return put_back_lost(std::move(request));
    const bool others_pass = request.losses > lost_since_answer_;
    if (request.rows.size() == 1 && request.losses > settings_.retries && others_pass) {
        if (++lethal_events_ > most_lethal_events)
            throw StoreError(fmt::format("lost the connection to PostgreSQL each time that the server got to one of {} "
                                         "events, so no more are tried; the server's log may say why: {}",
                                         lethal_events_, work.reason));
        return settle(request.rows.front(), Outcome::failed,
                      "the connection is lost each time that the server gets to this event: " + work.reason);
    }
    request.not_before = work.again_at + back_off(1);
    waiting_.put_last_split(request);
}

void VectorStore::handle_error(const Request &request, const ServerError &error) {
    if (request.step == Step::flush) return flush_failed(error);
    if (request.step == Step::locate && error.trouble != Trouble::unprepared)
        return leave_unlocated(request, error.trouble);
    if (request.step == Step::compare && request.place && error.trouble != Trouble::unprepared
        && !error.waited_for_lock()) {
        course_.strayed(Step::compare, request.rows.size()); // others may be to blame: by ids only ours are read
        Request by_ids = request;
        by_ids.place.reset();
        return waiting_.put_back(std::move(by_ids));
    }
    switch (error.trouble) {
    case Trouble::unprepared:
        return waiting_.put_back(request);
    case Trouble::contended:
        if (error.waited_for_lock()) access_.lock_timed_out(lanes_.size());
        return retry(request, error);
    case Trouble::exhausted:
        return retry(request, error);
    default:
        break;
    }
    if (may_doom_all(error.sqlstate) && !request.doubted) {
        access_.doubt();
        Request doubted = request;
        doubted.doubted = true;
        return waiting_.put_back(std::move(doubted));
    }
    if (request.rows.size() > 1) return waiting_.put_back_split(request);
    settle(request.rows.front(), Outcome::failed, error.message);
}

// wait() will ask for another one.
void VectorStore::flush_failed(const ServerError &error) {
    if (error.trouble == Trouble::unprepared) return;
    if (error.trouble == Trouble::rejected || ++failed_flushes_ > settings_.retries)
        throw StoreError("cannot make updates durable: " + error.message);
    warn_("updates will be made durable later: " + error.message);
    stop_.wait(back_off(failed_flushes_));
}

// One event is tried again as often as the user allows; several are split, which ends by itself. Who wants to stop does not
// wait for others' locks any more: what needs one is left for another run.
void VectorStore::retry(Request request, const ServerError &error) {
    if (error.waited_for_lock() && stop_.requested()) throw StoreError(error.message);
    const std::size_t rows = request.rows.size();
    const bool splits = rows > 1 && error.trouble == Trouble::contended;
    if (!splits && ++request.attempts > settings_.retries) {
        if (error.trouble == Trouble::exhausted) throw StoreError(error.message);
        return settle(request.rows.front(), Outcome::failed, error.message);
    }
    request.not_before = Clock::now() + back_off(std::max(request.attempts, 1));
    warn_(fmt::format("{} event{} will be tried again: {}", rows, rows == 1 ? "" : "s", error.message));
    if (splits)
        waiting_.put_back_split(request);
    else
        waiting_.put_back(std::move(request));
}

} // namespace backfill
