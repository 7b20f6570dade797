// What the answers to the vector store's requests say of their rows, and what is to be asked next.
#include "answer_rows.hpp"
#include "place.hpp"
#include "vector_store.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace backfill {
namespace {

// Of a row that a look has found.
Fingerprint fingerprint(const Rows &rows, int row) {
    return {number<std::int64_t>(rows, row, 1), number<std::int32_t>(rows, row, 2)};
}

} // namespace

void VectorStore::wait_for_answers(Clock::time_point wake) {
    lanes_.wait(std::min(wake, waiting_.next_due(due_until_)));
    for (const auto &lane : lanes_) read_answers(*lane);
}

void VectorStore::read_answers(Lane &lane) {
    while (auto answer = lane.receive()) handle(lane, std::move(*answer));
    if (lane.is_broken()) return lanes_.lost(lane, lane.last_error());
    if (lane.deadline().value_or(Clock::time_point::max()) <= Clock::now())
        lanes_.lost(lane, "the server has not answered for longer than --statement-timeout");
}

void VectorStore::handle(Lane &lane, Answer answer) {
    if (answer.error) {
        if (answer.error->trouble == Trouble::lost) { // the server said that it is about to hang up
            const bool is_work = !answer.request.is_question();
            return lanes_.lost(lane, answer.error->message,
                               is_work ? std::optional(std::move(answer.request)) : std::nullopt);
        }
        // Not every server that speaks as PostgreSQL has such a log.
        if (answer.request.step == Step::ask_log)
            return void(lane.unflushed.log_tells = answer.error->trouble == Trouble::unprepared);
        learn_pace(answer);
        return handle_error(answer.request, *answer.error);
    }
    lane.failures = 0;
    lost_since_answer_ = 0;
    learn_pace(answer);
    switch (answer.request.step) {
    case Step::locate:
        return settle_locate(answer.request, answer.rows);
    case Step::update:
        return settle_update(lane, answer.request, answer.rows);
    case Step::compare:
        return settle_compare(answer.request, answer.rows);
    case Step::check:
        return settle_check(lane, answer.request, answer.rows);
    case Step::ask_log:
        return settle_log(lane, answer.rows);
    case Step::flush:
        return settle_flush(lane);
    }
}

void VectorStore::learn_pace(const Answer &answer) {
    if (answer.request.is_question() || answer.request.step == Step::locate) return;
    const Step step = answer.request.step;
    if (!answer.error || answer.error->trouble == Trouble::rejected)
        course_.took(step, answer.request.rows.size(), answer.duration);
    else
        course_.took_in_vain(step, answer.duration);
}

// An update is one batch's, a look may be that of several.
void VectorStore::settle_locate(const Request &request, const Rows &rows) {
    const std::vector<int> found = rows_of(request, rows);
    std::vector<Row> together;
    std::vector<FoundSample> samples;
    for (std::size_t at = 0; at < request.rows.size(); ++at) {
        const Row &row = request.rows[at];
        const auto tid = found[at] == no_row ? std::nullopt : tid_from(view(rows, found[at], 1));
        if (tid) samples.push_back({together.size() + row.at, *tid});
        const bool is_last = at + 1 == request.rows.size();
        if (!is_last && request.rows[at + 1].job == row.job) continue;
        std::ranges::move(all_rows(*row.job), std::back_inserter(together));
        if (is_last || request.next == Step::update)
            add_located(std::exchange(together, {}), request.next, std::exchange(samples, {}));
    }
}

void VectorStore::add_located(std::vector<Row> rows, Step step, std::vector<FoundSample> samples) {
    const std::size_t found = samples.size();
    const auto place_for = step == Step::update ? place_to_write : place_to_read;
    const auto place = place_for(std::move(samples), rows.size());
    if (!place) course_.strayed(step, found);
    waiting_.add({.rows = std::move(rows), .step = step, .closed = place.has_value(), .place = place});
}

// They are looked up by their ids. What the server has rejected is not asked again and again.
void VectorStore::leave_unlocated(const Request &request, Trouble trouble) {
    for (Job *job : jobs_of(request)) {
        if (trouble == Trouble::rejected) course_.strayed(request.next, job->results.size());
        waiting_.add({all_rows(*job), request.next});
    }
}

// An id that stands in two rows is returned twice, and one that two batches have may be returned for either: what is not
// sure is looked at.
void VectorStore::settle_update(Lane &lane, const Request &request, const Rows &rows) {
    access_.update_succeeded();
    const std::vector<int> returned = rows_of(request, rows);
    Request rest{{}, Step::check, request.updates + 1};
    rest.missed = request.place.has_value();
    for (std::size_t at = 0; at < request.rows.size(); ++at) {
        const Row &row = request.rows[at];
        if (returned[at] == no_row || (at > 0 && returned[at] == returned[at - 1])) {
            rest.rows.push_back(row);
            continue;
        }
        row.job->is_written[row.at] = true;
        written(lane, row);
        course_.came_of_an_event(Outcome::updated);
    }
    if (request.place) course_.found_together(Step::update, request.rows.size() - rest.rows.size());
    waiting_.add(std::move(rest));
}

void VectorStore::settle_compare(const Request &request, const Rows &rows) {
    const std::vector<int> found = rows_of(request, rows);
    Request again{{}, Step::update, request.updates};
    Request rest{{}, Step::check, request.updates, true};
    Request elsewhere{{}, Step::compare, request.updates};
    elsewhere.missed = true;
    for (std::size_t at = 0; at < request.rows.size(); ++at) {
        const Row &row = request.rows[at];
        if (found[at] == no_row) {
            if (request.place)
                elsewhere.rows.push_back(row);
            else
                settle(row, Outcome::no_vector);
            continue;
        }
        if (request.missed) course_.strayed(Step::compare, 1);
        if (is_null(rows, found[at], 1))
            settle_stale(row, request, again);
        else if (fingerprint(rows, found[at]) == row.fingerprint())
            settle(row, Outcome::unchanged);
        else
            rest.rows.push_back(row);
    }
    if (request.place) {
        const std::size_t found_there = request.rows.size() - elsewhere.rows.size();
        const auto told_of = static_cast<std::size_t>(PQntuples(rows.get()));
        course_.found_together(Step::compare, found_there);
        course_.strayed(Step::compare, told_of - std::min(told_of, found_there));
    }
    waiting_.add(std::move(again));
    waiting_.add(std::move(rest));
    waiting_.add(std::move(elsewhere));
}

void VectorStore::settle_check(Lane &lane, const Request &request, const Rows &rows) {
    const std::vector<int> found = rows_of(request, rows);
    Request again{{}, Step::update, request.updates};
    for (std::size_t at = 0; at < request.rows.size(); ++at) {
        const Row &row = request.rows[at];
        if (found[at] == no_row) {
            settle(row, Outcome::no_vector);
            continue;
        }
        const std::string_view metadata = view(rows, found[at], 1), wanted = row.update().metadata;
        const bool fingerprint_tells = !request.compared && (metadata.empty() || metadata == wanted);
        if (request.updates == 0 && !fingerprint_tells) course_.needed_a_look();
        switch (reader_.state_of(metadata, wanted)) {
        case RowState::current:
            if (row.is_written()) // before its connection was lost
                written(lane, row);
            else
                settle(row, Outcome::unchanged);
            break;
        case RowState::no_object:
            settle(row, Outcome::failed,
                   "the row's metadata is a JSON array or scalar, not an object: there is no place for keys in it, and "
                   "replacing it would lose it");
            break;
        case RowState::stale:
            if (request.missed) course_.strayed(Step::update, 1);
            settle_stale(row, request, again);
            break;
        }
    }
    waiting_.add(std::move(again));
}

void VectorStore::settle_stale(const Row &row, const Request &request, Request &again) {
    if (settings_.mode == Mode::dry_run)
        settle(row, Outcome::updated);
    else if (request.updates < 2)
        again.rows.push_back(row); // after an update: it came, or changed, in between
    else
        settle(row, Outcome::failed,
               "the server left the row as it was: a trigger or a row-level security policy keeps it");
}

// Counts once it is durable.
void VectorStore::written(Lane &lane, const Row &row) {
    ++row.job->unflushed;
    lane.unflushed.add(row);
}

void VectorStore::settle(const Row &row, Outcome outcome, std::string reason) {
    course_.came_of_an_event(outcome);
    row.close(outcome, std::move(reason));
}

// Answers come in the order of the requests, so every row that waits was committed before the server looked at its log.
void VectorStore::settle_log(Lane &lane, const Rows &rows) {
    lane.unflushed.log_tells = !is_null(rows, 0, 0);
    if (lane.unflushed.log_tells)
        durable(lane.unflushed.take_flushed(number<Unflushed::LogPosition>(rows, 0, 0),
                                            number<Unflushed::LogPosition>(rows, 0, 1)));
}

// Likewise.
void VectorStore::settle_flush(Lane &lane) {
    failed_flushes_ = 0;
    durable(lane.unflushed.take_all());
}

void VectorStore::durable(const std::vector<Row> &rows) {
    for (const Row &row : rows) {
        --row.job->unflushed;
        row.close(Outcome::updated);
    }
}

} // namespace backfill
