#include "vector_store.hpp"

#include "batch_parameters.hpp"
#include "preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace backfill {
namespace {

// Enough batches to fill a slow link, few enough events to keep memory small whatever the batch size.
constexpr std::size_t most_batches = 32;
constexpr std::size_t most_events = 8192;

constexpr int most_attempts = 6; // for passing trouble with one request, and for connecting again

enum class Step {
    update, // write the rows
    check   // look at them: the whole of a dry run, and of what an update did not return
};

bool may_doom_all(const std::string &sqlstate) {
    // Insufficient resources, invalid transaction state (a server that became read-only), undefined objects and
    // privileges, unsupported features.
    for (const char *sqlstate_class : {"53", "25", "42", "0A", "3D", "3F"})
        if (sqlstate.rfind(sqlstate_class, 0) == 0) return true;
    return false;
}

} // namespace

struct VectorStore::Job {
    explicit Job(Batch batch) : open(batch.size()) {
        results.reserve(batch.size());
        for (Update &update : batch) results.push_back({std::move(update), Outcome::failed});
    }

    void close(std::size_t row, Outcome outcome, std::string reason = {}) {
        results[row].outcome = outcome;
        results[row].reason = std::move(reason);
        --open;
    }

    BatchResult results;
    std::size_t open; // events whose outcome is not known yet
};

struct VectorStore::Request {
    Job *job;
    std::vector<std::size_t> rows; // of job->results, in the order of their ids
    Step step;
    int attempts = 0;         // failed ones, by passing trouble
    bool was_checked = false; // an update left these rows stale once: not a second time
};

VectorStore::VectorStore(Settings settings, const Pause &pause, Warn warn)
    : settings_(std::move(settings)), pause_(pause), warn_(std::move(warn)), statements_(settings_.table) {
    connect();
}

VectorStore::~VectorStore() = default;

// ---- Connecting -----------------------------------------------------------------------------------------------------

void VectorStore::connect() {
    connection_.emplace(settings_.conninfo);
    check_obstacles();
}

void VectorStore::check_obstacles() {
    connection_->leave_pipeline();
    if (const auto obstacle = obstacle_to_updates(*connection_, settings_.table)) {
        if (settings_.mode == Mode::write) throw StoreError(*obstacle);
        warn_("a run without --dry-run would stop at once: " + *obstacle);
    }
    connection_->enter_pipeline();
}

void VectorStore::reconnect() {
    std::string reason = connection_->connection_error().message;
    for (auto request = sent_.rbegin(); request != sent_.rend(); ++request) waiting_.push_front(std::move(*request));
    sent_.clear();
    for (int attempt = 1;; ++attempt) {
        if (attempt > most_attempts)
            throw StoreError(fmt::format("gave up after {} attempts to connect again: {}", most_attempts, reason));
        warn_("lost the connection to PostgreSQL, connecting again: " + reason);
        if (!pause_(back_off(attempt))) throw StoreError("lost the connection to PostgreSQL: " + reason);
        try {
            return connect();
        } catch (const StoreError &error) {
            if (connection_ && connection_->alive()) throw; // an obstacle, not a connection that failed
            reason = error.what();
        }
    }
}

// ---- Batches in, results out ----------------------------------------------------------------------------------------

bool VectorStore::has_room_for(std::size_t events) const {
    return jobs_.size() < 2 || (jobs_.size() < most_batches && events_in_jobs_ + events <= most_events);
}

void VectorStore::submit(Batch batch) {
    std::sort(batch.begin(), batch.end(), [](const Update &a, const Update &b) { return a.id < b.id; });
    events_in_jobs_ += batch.size();
    jobs_.push_back(std::make_unique<Job>(std::move(batch)));
    Job &job = *jobs_.back();
    if (job.open == 0) return;

    std::vector<std::size_t> all(job.results.size());
    for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
    waiting_.push_back({&job, std::move(all), settings_.mode == Mode::write ? Step::update : Step::check});
    send_waiting();
}

BatchResult VectorStore::wait() {
    while (jobs_.front()->open > 0) {
        send_waiting();
        if (!sent_.empty()) receive();
    }
    BatchResult results = std::move(jobs_.front()->results);
    jobs_.pop_front();
    events_in_jobs_ -= results.size();
    return results;
}

// ---- Requests out ---------------------------------------------------------------------------------------------------

void VectorStore::send_waiting() {
    if (doubtful_ && sent_.empty()) resolve_doubt();
    while (!doubtful_ && !waiting_.empty()) {
        if (!send(waiting_.front())) return reconnect();
        sent_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

void VectorStore::resolve_doubt() {
    doubtful_ = false;
    try {
        check_obstacles();
    } catch (const StoreError &) {
        if (connection_->alive()) throw;
        reconnect();
    }
}

// One request is one transaction: what stands before a sync is committed or rolled back together. A dry run's
// transaction is explicit, so that the server itself refuses to write; its COMMIT stands behind a sync of its own,
// because after an error the server skips to the next sync.
bool VectorStore::send(const Request &request) {
    BatchParameters parameters;
    for (const std::size_t row : request.rows) parameters.add(request.job->results[row].update);

    const bool dry_run = settings_.mode == Mode::dry_run;
    const std::string &sql = request.step == Step::update ? statements_.update : statements_.check;
    return (!dry_run || connection_->send("BEGIN READ ONLY")) && connection_->send(sql.c_str(), parameters.list())
           && connection_->sync() && (!dry_run || (connection_->send("COMMIT") && connection_->sync()));
}

// ---- Answers in -----------------------------------------------------------------------------------------------------

// Waits until the server has said something or takes more of what we have to say.
void VectorStore::flush_and_read() {
    const int unsent = PQflush(connection_->handle());
    pollfd socket{PQsocket(connection_->handle()), static_cast<short>(POLLIN | (unsent == 1 ? POLLOUT : 0)), 0};
    if (::poll(&socket, 1, -1) < 0) {
        if (errno != EINTR) throw StoreError(fmt::format("cannot wait for PostgreSQL: {}", std::strerror(errno)));
        pause_(std::chrono::milliseconds(0)); // a signal: the user is told that the stop has been understood
    }
    PQconsumeInput(connection_->handle()); // what it fails with shows in the next result
}

Rows VectorStore::next_answer() {
    while (PQisBusy(connection_->handle()) == 1) flush_and_read();
    return Rows(PQgetResult(connection_->handle()), &PQclear);
}

// Reads all answers to the oldest request, and acts on the first rows or the first error among them.
void VectorStore::receive() {
    Rows rows(nullptr, &PQclear);
    std::optional<ServerError> error;
    for (int syncs = settings_.mode == Mode::dry_run ? 2 : 1; syncs > 0;) {
        Rows answer = next_answer();
        if (answer == nullptr) { // the end of one statement's answers
            if (!connection_->alive()) return reconnect();
            continue;
        }
        switch (PQresultStatus(answer.get())) {
        case PGRES_PIPELINE_SYNC:
            --syncs;
            break;
        case PGRES_TUPLES_OK:
            rows = std::move(answer);
            break;
        case PGRES_FATAL_ERROR:
            if (!error) error = connection_->error_of(answer.get());
            if (!connection_->alive()) return reconnect();
            break;
        default:
            break; // BEGIN and COMMIT, and what the server skipped after an error
        }
    }
    const Request request = std::move(sent_.front());
    sent_.pop_front();
    error ? handle(request, *error) : settle(request, rows);
}

void VectorStore::settle(const Request &request, const Rows &rows) {
    request.step == Step::update ? settle_update(request, rows) : settle_check(request, rows);
}

void VectorStore::settle_update(const Request &request, const Rows &rows) {
    std::unordered_set<std::string> written;
    for (int row = 0; row < PQntuples(rows.get()); ++row) written.insert(field(rows, row, 0));

    Request rest{request.job, {}, Step::check, 0, request.was_checked};
    for (const std::size_t row : request.rows) {
        if (written.count(request.job->results[row].update.id.text) != 0)
            request.job->close(row, Outcome::updated);
        else
            rest.rows.push_back(row);
    }
    if (!rest.rows.empty()) waiting_.push_back(std::move(rest));
}

void VectorStore::settle_check(const Request &request, const Rows &rows) {
    struct Found {
        std::string type;
        bool stale;
    };
    std::unordered_map<std::string, Found> found;
    for (int row = 0; row < PQntuples(rows.get()); ++row)
        found.emplace(field(rows, row, 0), Found{field(rows, row, 1), is_true(rows, row, 2)});

    Request again{request.job, {}, Step::update, 0, true};
    for (const std::size_t row : request.rows) {
        const auto vector = found.find(request.job->results[row].update.id.text);
        if (vector == found.end())
            request.job->close(row, Outcome::no_vector);
        else if (vector->second.type != "object" && vector->second.type != "null")
            request.job->close(
                row, Outcome::failed,
                fmt::format("the row's metadata is a JSON {}, not an object: there is no place for keys in it, and "
                            "replacing it would lose it; set it to NULL if it is worthless",
                            vector->second.type));
        else if (!vector->second.stale)
            request.job->close(row, Outcome::unchanged);
        else if (settings_.mode == Mode::dry_run)
            request.job->close(row, Outcome::updated);
        else if (!request.was_checked)
            again.rows.push_back(row); // it came, or changed, between update and check
        else
            request.job->close(row, Outcome::failed,
                               "the server left the row as it was: a trigger or a row-level security policy keeps it");
    }
    if (!again.rows.empty()) waiting_.push_back(std::move(again));
}

// ---- Trouble --------------------------------------------------------------------------------------------------------

void VectorStore::handle(const Request &request, const ServerError &error) {
    if (error.trouble == Trouble::lost) { // the server said that it is about to hang up
        sent_.push_front(request);
        return reconnect();
    }
    if (error.trouble == Trouble::passing && request.attempts + 1 < most_attempts) return retry(request, error);
    if (may_doom_all(error.sqlstate)) doubtful_ = true;
    split(request, error);
}

void VectorStore::split(const Request &request, const ServerError &error) {
    if (request.rows.size() == 1) return request.job->close(request.rows.front(), Outcome::failed, error.message);
    const auto middle = request.rows.begin() + static_cast<std::ptrdiff_t>(request.rows.size() / 2);
    waiting_.push_front({request.job, {middle, request.rows.end()}, request.step, 0, request.was_checked});
    waiting_.push_front({request.job, {request.rows.begin(), middle}, request.step, 0, request.was_checked});
}

void VectorStore::retry(Request request, const ServerError &error) {
    ++request.attempts;
    warn_(fmt::format("{} events will be tried again: {}", request.rows.size(), error.message));
    pause_(back_off(request.attempts)); // asked to stop: what is on its way is finished all the same, without waiting
    waiting_.push_front(std::move(request));
}

// ---- Preview --------------------------------------------------------------------------------------------------------

std::vector<Preview> VectorStore::preview(const Batch &batch) {
    BatchParameters parameters;
    for (const Update &update : batch) parameters.add(update);

    connection_->leave_pipeline();
    connection_->query("BEGIN READ ONLY");
    const Rows rows = connection_->query(statements_.preview.c_str(), parameters.list());
    connection_->query("COMMIT");
    connection_->enter_pipeline();

    std::vector<Preview> previews;
    for (int row = 0; row < PQntuples(rows.get()); ++row)
        previews.push_back({{field(rows, row, 0)}, field(rows, row, 1), field(rows, row, 2)});
    return previews;
}

} // namespace backfill
