#include "lane.hpp"

#include "array_parameter.hpp"
#include "batch_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backfill {
namespace {

// For an answer to arrive after the server has given up on a statement.
constexpr std::chrono::seconds grace{10};

// There is no such prepared statement, since somebody deallocated it or it could not be prepared; there is one already; or
// somebody changed the type of a column that it returns.
bool is_about_preparation(const ServerError &error) {
    return error.sqlstate == "26000" || error.sqlstate == "42P05" || error.sqlstate == "0A000";
}

} // namespace

Lane::Lane(const std::string &conninfo, const Statements &statements, const Timeouts &timeouts, bool read_only)
    : conninfo_(conninfo), statements_(statements), timeouts_(timeouts),
      settings_(timeouts.lock, timeouts.statement, read_only) {}

void Lane::connect() {
    connection_.reset();
    prepared_.clear();
    unusable_.clear();
    round_trip_ = Clock::duration::max();
    session_is_set_ = false;
    connection_.emplace(conninfo_, timeouts_.connect);
    ends_ = connection_->ends();
    watchword_ = new_watchword();
}

Transaction Lane::session_settings() const {
    return {{statements_.settings.text, settings_.for_session(ends_)}};
}

void Lane::session_is_set(const Reply &reply) {
    session_is_set_ = connection_->is_ours_alone() && !reply.error && PQntuples(reply.last().get()) == 1;
}

std::optional<Request> Lane::send(Request request) {
    const bool whole = is_sent_whole(statement_of(request));
    std::string opening;
    bool sent = true;
    if (!session_is_set_) {
        const std::string watchword = fmt::format("{}-{} ", watchword_, ++watchwords_);
        opening = watchword + (connection_->is_ours_alone() ? connection_->process() : "");
        sent = send(statements_.settings, settings_.for_transaction(commits_wait(), watchword));
    }
    sent = sent && send_request(request) && connection_->sync();
    if (!sent) return request;
    if (sent_.empty()) last_heard_ = Clock::now();
    events_ += request.rows.size();
    unflushed.sent(request);
    sent_.push_back({std::move(request), Clock::now(), whole, std::move(opening)});
    output_may_wait_ = true;
    return std::nullopt;
}

const Statement &Lane::statement_of(const Request &request) const {
    switch (request.step) {
    case Step::locate:
        return statements_.locate;
    case Step::update:
        return request.place ? statements_.update_together : statements_.update;
    case Step::compare:
        return request.place ? statements_.compare_together : statements_.compare;
    case Step::check:
        return statements_.check;
    case Step::ask_log:
        return statements_.log_positions;
    case Step::flush:
        break;
    }
    return statements_.flush;
}

bool Lane::send_request(const Request &request) {
    ArrayParameter ids(text_oid);
    BatchParameters batch;
    std::string first, last;
    std::vector<Parameter> parameters;
    if (request.step == Step::update) {
        for (const Row &row : request.rows) batch.add(row.update());
        parameters = request.place ? batch.object() : batch.arrays();
    } else if (!request.is_question() && !request.place) {
        for (const Row &row : request.rows) ids.add(row.update().id.text);
        parameters = {{text_array_oid, ids.bytes(), true}};
    }
    if (request.place) {
        first = to_text(request.place->first);
        last = to_text(request.place->last);
        parameters.push_back({tid_oid, first, false});
        parameters.push_back({tid_oid, last, false});
    }
    return send(statement_of(request), parameters);
}

bool Lane::send(const Statement &statement, const std::vector<Parameter> &parameters) {
    if (is_sent_whole(statement)) return connection_->send(statement.text, parameters);
    const bool is_new = prepared_.insert(&statement).second;
    return (!is_new || connection_->prepare(statement, parameters))
           && connection_->send_prepared(statement, parameters);
}

bool Lane::is_sent_whole(const Statement &statement) const {
    return !connection_->is_ours_alone() || unusable_.contains(&statement);
}

Lane::Load Lane::load(bool of_updates) const {
    Load load;
    for (const Sent &sent : sent_) {
        if (sent.request.is_question() || (sent.request.step == Step::update) != of_updates) continue;
        ++load.requests;
        load.events += sent.request.rows.size();
    }
    return load;
}

void Lane::flush_output() {
    output_may_wait_ = PQflush(connection_->handle()) == 1;
}

void Lane::read_input() {
    PQconsumeInput(connection_->handle()); // what it fails with shows in the next result
    last_heard_ = Clock::now();
}

std::optional<Answer> Lane::receive() {
    if (sent_.empty()) return std::nullopt;
    auto reply = connection_->receive();
    if (!reply) return std::nullopt;
    const auto now = Clock::now();
    // No answer comes sooner than a round trip takes, but the first one may have taken longer.
    round_trip_ = std::min(round_trip_, now - sent_.front().at);
    Sent sent = std::move(sent_.front());
    Answer answer{std::move(sent.request), Rows(nullptr, &PQclear), std::move(reply->error), duration_of(sent.at, now)};
    const bool is_ours = sent.opening.empty() || reply->begins_with(sent.opening);
    if (!reply->rows.empty()) answer.rows = std::move(reply->rows.back()); // its settings' came before
    sent_.pop_front();
    last_answer_ = now;
    events_ -= answer.request.rows.size();
    unflushed.answered(answer.request);
    if (!sent.whole && answer.error && is_about_preparation(*answer.error)) {
        unusable_.insert(&statement_of(answer.request));
        if (!sent.opening.empty()) unusable_.insert(&statements_.settings);
        answer.error->trouble = Trouble::unprepared;
    } else if (!is_ours && !answer.error) {
        answer.error = {"", answers_somebody_else, Trouble::lost};
    } else if (!is_ours && answer.error->trouble == Trouble::rejected) {
        answer.error->trouble = Trouble::lost; // nobody rejects the settings
    }
    return answer;
}

// The server began when the request arrived there, or when it was done with the one before. If the latter's answer had
// come here before the request left, the server had nothing else to do.
std::chrono::microseconds Lane::duration_of(Clock::time_point sent, Clock::time_point now) const {
    const auto since_sent = std::max(now - sent - round_trip(), Clock::duration());
    return std::chrono::duration_cast<std::chrono::microseconds>(std::min(since_sent, now - last_answer_));
}

std::deque<Request> Lane::hang_up() {
    std::deque<Request> requests;
    for (Sent &sent : sent_)
        if (!sent.request.is_question()) requests.push_back(std::move(sent.request));
    sent_.clear();
    events_ = 0;
    unflushed = {};
    output_may_wait_ = false;
    connection_.reset();
    return requests;
}

std::optional<Lane::Clock::time_point> Lane::deadline() const {
    if (sent_.empty() || timeouts_.statement.count() == 0) return std::nullopt;
    return last_heard_ + timeouts_.statement + grace;
}

} // namespace backfill
