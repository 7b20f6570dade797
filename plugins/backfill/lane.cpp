#include "lane.hpp"

#include "array_parameter.hpp"
#include "batch_parameters.hpp"

#include <algorithm>
#include <utility>

namespace backfill {
namespace {

// For an answer to arrive after the server has given up on a statement.
constexpr std::chrono::seconds grace{10};

// Somebody deallocated the statement, or changed the type of a column that it returns.
bool is_about_preparation(const ServerError &error) {
    return error.sqlstate == "26000" || error.sqlstate == "0A000";
}

bool is_ours_alone(const Connection &connection) {
    const Rows row = connection.query("SELECT pg_backend_pid()");
    return field(row, 0, 0) == std::to_string(PQbackendPID(connection.handle()));
}

} // namespace

Lane::Lane(const std::string &conninfo, const Statements &statements, const Timeouts &timeouts, bool read_only)
    : conninfo_(conninfo), statements_(statements), timeouts_(timeouts),
      settings_(timeouts.lock, timeouts.statement, read_only) {}

void Lane::connect() {
    connection_.reset();
    connection_.emplace(conninfo_, timeouts_.connect);
    const auto start = Clock::now();
    ours_alone_ = is_ours_alone(*connection_);
    round_trip_ = Clock::now() - start;
    prepared_ = log_question_prepared_ = false;
    connection_->enter_pipeline();
}

void Lane::prepare_statements() {
    if (prepared_ || !ours_alone_) return;
    const std::vector<Preparation> preparations = {
        {statements_.settings, {text_oid, text_oid, text_oid, text_oid, text_oid}},
        {statements_.update, {text_array_oid, jsonb_array_oid, text_array_oid}},
        {statements_.update_together, {text_array_oid, jsonb_array_oid, text_array_oid, tid_oid, tid_oid}},
        {statements_.locate, {text_array_oid}},
        {statements_.compare, {text_array_oid}},
        {statements_.check, {text_array_oid}},
        {statements_.log_positions, {}}}; // the last one, for not every server has it
    const auto start = Clock::now();
    const std::size_t prepared = connection_->prepare(preparations);
    round_trip_ = std::min(round_trip_, Clock::now() - start);
    prepared_ = prepared + 1 >= preparations.size();
    log_question_prepared_ = prepared == preparations.size();
}

std::optional<Request> Lane::send(Request request) {
    const bool sent = (request.is_question()
                       || connection_->send(statements_.settings,
                                            settings_.parameters(commits_wait(), request.place.has_value()), prepared_))
                      && send_statement(request) && connection_->sync();
    if (!sent) return request;
    if (sent_.empty()) last_heard_ = Clock::now();
    events_ += request.rows.size();
    unflushed.sent(request);
    const bool prepared = is_prepared(request.step);
    sent_.push_back({std::move(request), Clock::now(), prepared});
    output_may_wait_ = true;
    return std::nullopt;
}

bool Lane::send_statement(const Request &request) {
    const bool prepared = is_prepared(request.step);
    if (request.step == Step::flush) return connection_->send(statements_.flush, {}, prepared);
    if (request.step == Step::ask_log) return connection_->send(statements_.log_positions, {}, prepared);
    if (request.step == Step::update) return send_update(request);
    ArrayParameter ids(text_oid);
    for (const Row &row : request.rows) ids.add(row.update().id.text);
    return connection_->send(question_of(request.step), {{text_array_oid, ids.bytes(), true}}, prepared);
}

bool Lane::is_prepared(Step step) const {
    return step == Step::ask_log ? log_question_prepared_ : step != Step::flush && prepared_;
}

const Statement &Lane::question_of(Step step) const {
    if (step == Step::locate) return statements_.locate;
    return step == Step::compare ? statements_.compare : statements_.check;
}

bool Lane::send_update(const Request &request) {
    BatchParameters parameters;
    for (const Row &row : request.rows) parameters.add(row.update());
    std::vector<Parameter> values = parameters.all();
    if (!request.place) return connection_->send(statements_.update, values, prepared_);
    const std::string first = to_text(request.place->first), last = to_text(request.place->last);
    values.push_back({tid_oid, first, false});
    values.push_back({tid_oid, last, false});
    return connection_->send(statements_.update_together, values, prepared_);
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

// Of a request's answers the first error and the rows of the last statement count.
std::optional<Answer> Lane::receive() {
    while (!sent_.empty() && PQisBusy(connection_->handle()) == 0) {
        Rows result(PQgetResult(connection_->handle()), &PQclear);
        if (result == nullptr) { // the end of one statement's answers
            if (!is_up()) return std::nullopt;
            continue;
        }
        switch (PQresultStatus(result.get())) {
        case PGRES_TUPLES_OK:
            rows_ = std::move(result);
            break;
        case PGRES_FATAL_ERROR:
            if (!error_) error_ = connection_->error_of(result.get());
            if (!is_up()) return std::nullopt;
            break;
        case PGRES_PIPELINE_SYNC: {
            const auto now = Clock::now();
            // No answer comes sooner than a round trip takes, but the first one may have taken longer.
            round_trip_ = std::min(round_trip_, now - sent_.front().at);
            const bool was_prepared = sent_.front().prepared;
            Answer answer{std::move(sent_.front().request), std::move(rows_), std::exchange(error_, std::nullopt),
                          duration_of(sent_.front().at, now)};
            sent_.pop_front();
            last_answer_ = now;
            events_ -= answer.request.rows.size();
            unflushed.answered(answer.request);
            if (was_prepared && answer.error && is_about_preparation(*answer.error)) {
                log_question_prepared_ = false;
                if (answer.request.step != Step::ask_log) prepared_ = false; // some servers know, but do not answer it
                answer.error->trouble = Trouble::unprepared;
            }
            return answer;
        }
        default:
            break; // what the server skipped after an error
        }
    }
    return std::nullopt;
}

// The server began when the request arrived there, or when it was done with the one before. If the latter's answer had
// come here before the request left, the server had nothing else to do.
std::chrono::microseconds Lane::duration_of(Clock::time_point sent, Clock::time_point now) const {
    const auto since_sent = std::max(now - sent - round_trip_, Clock::duration());
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
    rows_.reset();
    error_.reset();
    connection_.reset();
    return requests;
}

std::optional<Lane::Clock::time_point> Lane::deadline() const {
    if (sent_.empty() || timeouts_.statement.count() == 0) return std::nullopt;
    return last_heard_ + timeouts_.statement + grace;
}

} // namespace backfill
