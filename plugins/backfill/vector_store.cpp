#include "vector_store.hpp"

#include "answer_rows.hpp"
#include "back_off.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace backfill {
namespace {

// Enough to fill a slow link, little enough to keep memory small and a stop short.
constexpr std::size_t most_events_on_a_lane = 8192;
constexpr std::size_t most_requests_on_a_lane = 64;
constexpr std::size_t most_bytes_on_a_lane = 2 * enough_bytes;

// Where rows lie together, whole pages are read for them.
constexpr std::size_t fewest_together = 32;
// Where the link is slower it is the limit, not the server: a batch then has one round trip less ahead of it.
constexpr std::chrono::milliseconds slow_link{30};

// Each of them may crash the server, for everybody, some ten times until it is found.
constexpr int most_lethal_events = 3;

bool may_doom_all(const std::string &sqlstate) {
    // Invalid transaction state (a server that became read-only), undefined objects and privileges, unsupported
    // features.
    for (const char *sqlstate_class : {"25", "42", "0A", "3D", "3F"})
        if (sqlstate.rfind(sqlstate_class, 0) == 0) return true;
    return false;
}

std::vector<Row> samples_of(Job &job) {
    std::vector<Row> samples = all_rows(job);
    std::erase_if(samples, [&](const Row &row) { return !is_sample(row.at, job.results.size()); });
    return samples;
}

// Of a row that a look has found.
Fingerprint fingerprint(const Rows &rows, int row) {
    return {number<std::int64_t>(rows, row, 1), number<std::int32_t>(rows, row, 2)};
}

} // namespace

VectorStore::VectorStore(Settings settings, const Stop &stop, Warn warn)
    : settings_(std::move(settings)), stop_(stop), warn_(std::move(warn)), statements_(settings_.table, seed_),
      access_(settings_.table, settings_.mode, settings_.retries, settings_.timeouts.lock_in_query(), stop_, warn_),
      lanes_(
          {settings_.conninfo, settings_.timeouts, settings_.mode == Mode::dry_run, settings_.connections,
           settings_.retries},
          statements_, stop_, warn_, [this](Lane &lane) { greet(lane); },
          [this](LostWork work) { take_back(std::move(work)); }),
      waiting_(settings_.batch_size), course_(settings_.mode, settings_.target_time) {
    lanes_.open_first();
}

VectorStore::~VectorStore() = default;

// ---- Batches in, results out ----------------------------------------------------------------------------------------

// The first batch goes alone: what comes of it tells how to begin with the others.
bool VectorStore::has_room_for(std::size_t events) const {
    const bool few = jobs_.size() <= lanes_.most(); // so that no connection has to wait for large batches
    const bool small = jobs_.size() < most_requests_on_a_lane * lanes_.most()
                       && events_in_jobs_ + events <= most_on_a_lane(course_.first_step()) * lanes_.most()
                       && bytes_in_jobs_ <= most_bytes_on_a_lane * lanes_.most();
    return jobs_.empty() || (course_.is_set() && (few || small));
}

std::size_t VectorStore::most_on_a_lane(Step step) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(most_events_on_a_lane, course_.most_on_a_lane(step)));
}

void VectorStore::submit(Batch batch) {
    ++batches_;
    events_in_jobs_ += batch.size();
    jobs_.push_back(std::make_unique<Job>(std::move(batch)));
    Job &job = *jobs_.back();
    bytes_in_jobs_ += job.bytes;
    if (job.open == 0) return;

    const Step step = course_.first_step();
    if (step == Step::compare) // computed at once, as long as the metadata are in the processor's cache
        for (const UpdateResult &result : job.results)
            job.fingerprints.push_back(fingerprints_.of(result.update.metadata));
    if (is_to_be_located(job, step))
        waiting_.add({.rows = samples_of(job), .step = Step::locate, .next = step});
    else
        waiting_.add({all_rows(job), step});
    send_ready(false);
    wait_for_answers(Clock::now()); // takes in what is here: a server that cannot get rid of its answers stands still
}

bool VectorStore::is_to_be_located(const Job &job, Step step) const {
    const std::size_t rows = job.results.size();
    const bool is_cut = step == Step::update && rows > course_.most_rows();
    return step != Step::check && !is_cut && rows >= fewest_together && course_.is_set()
           && course_.rows_lie_together(step) && access_.is_one_heap() && lanes_.round_trip() < slow_link;
}

BatchResult VectorStore::wait(bool more) {
    while (jobs_.front()->open > 0) {
        lanes_.connect_again();
        const auto doubt_again_at = access_.in_doubt() ? resolve_doubt() : Clock::time_point::max();
        send_ready(waiting_.holds_back(*jobs_.front()));
        send_flushes(more && course_.is_set());
        wait_for_answers(std::min(lanes_.next_attempt(), doubt_again_at));
    }
    BatchResult results = std::move(jobs_.front()->results);
    bytes_in_jobs_ -= jobs_.front()->bytes;
    events_in_jobs_ -= results.size();
    jobs_.pop_front();
    return results;
}

// What is on its way comes back, if it does so soon; what was written is made durable, if it can be. The rest of what is
// open is left for another run.
BatchResult VectorStore::rescue() noexcept {
    const auto latest = Clock::now() + std::chrono::seconds(5);
    due_until_ = Clock::time_point::max(); // nothing is sent any more
    while (lanes_.any_busy() && Clock::now() < latest) {
        try {
            wait_for_answers(latest);
        } catch (const StoreError &) { // there is one already that ends the run
        }
    }
    for (const auto &lane : lanes_) {
        if (!lane->is_up() || !lane->idle() || lane->unflushed.empty()) continue;
        try {
            lane->connection().query(statements_.flush.text);
            settle_flush(*lane);
        } catch (const StoreError &) { // the others may still be able to
        }
    }
    BatchResult known;
    for (const auto &job : jobs_)
        for (std::size_t row = 0; row < job->results.size(); ++row)
            if (!job->is_open[row]) known.push_back(std::move(job->results[row]));
    return known;
}

// ---- Requests out ---------------------------------------------------------------------------------------------------

// When the user wants to stop, all that waits for its moment is due.
void VectorStore::send_ready(bool even_if_small) {
    const bool stopping = stop_.requested();
    due_until_ = stopping ? Clock::time_point::max() : Clock::now();
    while (!access_.in_doubt()) {
        auto request = waiting_.take(due_until_, even_if_small || stopping, course_.most_rows());
        if (!request) return;
        Lane *lane = lane_with_room(*request);
        if (lane == nullptr) return waiting_.put_back(std::move(*request));
        send(*lane, std::move(*request));
    }
}

// Another connection is opened when there is work for it, so that a small run has one.
Lane *VectorStore::lane_with_room(const Request &request) {
    Lane *best = lanes_.least_busy();
    if (best == nullptr || best->idle()) return best;
    const bool half_full = events_in_jobs_ > most_on_a_lane(course_.first_step()) / 2 * lanes_.size()
                           || jobs_.size() > most_requests_on_a_lane / 2 * lanes_.size();
    if (half_full)
        if (Lane *added = lanes_.open_another()) return added;
    best = lanes_.least_busy_that_takes_more();
    if (best == nullptr) return nullptr;
    if (request.step == Step::locate) return best;
    const Lane::Load load = best->load(request.step == Step::update);
    const std::size_t rows = request.rows.size();
    const std::size_t share = request.place ? 2 : 1; // the other half is being located behind it
    const bool has_room = best->requests_on_their_way() < most_requests_on_a_lane / share
                          && best->events_on_their_way() + rows <= most_events_on_a_lane / share
                          && load.events + rows <= most_on_a_lane(request.step);
    return has_room || load.requests < 2 ? best : nullptr;
}

void VectorStore::send(Lane &lane, Request request) {
    auto refused = lane.send(std::move(request));
    if (!refused) {
        // The first updates are followed by a flush.
        const auto question = course_.is_set()
                                  ? lane.unflushed.due_question(most_on_a_lane(Step::update), most_requests_on_a_lane)
                                  : std::nullopt;
        if (question) refused = lane.send({{}, *question});
        if (!refused) return;
    } else {
        waiting_.put_back(std::move(*refused));
    }
    lanes_.lost(lane, lane.last_error());
}

// Where the oldest batch waits for nothing but to be durable, nothing is to be sent after which that would be asked, and no
// answer is to come that may tell. Where nothing more is to come for now, right behind the last updates, but once: what has
// to be sent again is often the half of what was rejected.
void VectorStore::send_flushes(bool more) {
    if (waiting_.has_ready(due_until_)) return;
    const Job &oldest = *jobs_.front();
    const bool is_waited_for = oldest.open > 0 && oldest.open == oldest.unflushed;
    for (const auto &lane : lanes_) {
        if (!lane->is_up()) continue;
        const bool has_written = is_waited_for && !lane->unflushed.empty() && !lane->unflushed.is_asked();
        const bool is_at_end = !more && lane->flushed_behind < batches_ && lane->unflushed.has_no_flush_behind()
                               && lane->load(false).requests == 0;
        if (!has_written && !is_at_end) continue;
        if (is_at_end) lane->flushed_behind = batches_;
        if (lane->send({{}, Step::flush})) return lanes_.lost(*lane, lane->last_error());
    }
}

// ---- Answers in -----------------------------------------------------------------------------------------------------

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
    auto place = place_of(std::move(samples), rows.size());
    if (found > 0 && !place) course_.strayed(step, rows.size());
    if (place && step == Step::compare) place = with_margins(*place, found);
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

// ---- Trouble --------------------------------------------------------------------------------------------------------

// What an earlier run was killed over may be visible and not yet durable. It would be found right already, so it is
// flushed before anything is looked at.
void VectorStore::greet(Lane &lane) {
    auto questions = access_.questions();
    const std::size_t others = questions.size();
    if (settings_.mode == Mode::write) {
        questions.push_back({{statements_.flush.text}});
        questions.push_back(lane.session_settings()); // last: they are for what comes behind
    }
    const auto replies = lane.connection().ask(questions);
    access_.check(replies);
    if (settings_.mode == Mode::dry_run) return;
    if (const auto &error = replies[others].error) throw StoreError("cannot make updates durable: " + error->message);
    lane.session_is_set(replies[others + 1]);
    lane.unflushed.log_tells = !lane.commits_wait(); // until it does not
}

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

// An update whose answer did not arrive may be committed, and not durable.
void VectorStore::put_back_lost(Request request) {
    if (request.step == Step::locate) return leave_unlocated(request, Trouble::lost);
    if (request.step == Step::update)
        for (const Row &row : request.rows) row.job->is_written[row.at] = true;
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
