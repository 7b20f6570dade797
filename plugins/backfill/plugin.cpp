// The subcommand as pcasctl sees it: its manifest, and how its options become a run.
#include "backfill.hpp"
#include "checkpoint_keeper.hpp"
#include "event_source.hpp"
#include "listed_events.hpp"
#include "postgres.hpp"
#include "report.hpp"
#include "standby_lag.hpp"
#include "starting_point.hpp"
#include "throttle.hpp"
#include "vector_store.hpp"

#include <pcasctl/plugin.hpp>

#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

// clang-format off
PCASCTL_MANIFEST({
    "command": "backfill",
    "version": "0.1.0",
    "summary": "Add metadata to the vectors of events that are already stored",
    "description": [
        "Reads events from PCAS's SQLite database, extracts eight metadata fields from each, and merges them into the metadata of the vector with the same id in PostgreSQL. Hybrid search then finds old events by user, session, type and time.",
        "The SQLite file is only read, and may be in use. In PostgreSQL only the metadata of matching rows changes: other keys stay, embeddings are not touched, and a row that is right already is not written. The command may be interrupted and repeated at any time.",
        "Not every event has a vector; those that have none are counted as errors, told in the log, and do no harm."
    ],
    "options": [
        {"name": "sqlite", "short": "s", "value": "FILE", "required": true, "complete": "file",
         "help": "Path to the SQLite database file that holds the events. It is never written to."},
        {"name": "postgres", "short": "p", "value": "URI", "required": true, "secret": true, "env": "PG_DSN",
         "help": "PostgreSQL connection URI (or keyword string) of the vector database. A password on the command line can be seen by other users of the machine: prefer the environment variable, ~/.pgpass or a service file."},
        {"name": "batch-size", "short": "b", "value": "N", "type": "integer", "default": "100", "minimum": 1, "maximum": 10000,
         "help": "Number of events to process per batch: so many are committed, and their rows locked, together."},
        {"name": "dry-run", "short": "d", "type": "flag",
         "help": "Preview what would be updated without making changes: the same counts, and a sample of old and new metadata."},
        {"name": "table", "value": "NAME", "default": "pcas_vectors",
         "help": "Table of the vectors, if need be with its schema (schema.table). As in SQL, names in double quotes are taken as they are and others are folded to lower case."},
        {"name": "checkpoint", "value": "FILE", "complete": "file", "group": "Going on",
         "help": "Keep in FILE how far the run has durably come. A run that was interrupted goes on from there, one that had finished processes only the events that were added since. A checkpoint of another SQLite file or table is refused. A dry run reads it and leaves it as it is."},
        {"name": "report", "value": "FILE", "complete": "file", "group": "Going on",
         "help": "Record each failure in FILE, one JSON object a line: id, kind (unreadable, no_event, no_vector, failed) and reason. Behind a checkpoint the report of the earlier runs is added to, else it is replaced. A dry run leaves it as it is."},
        {"name": "only-ids", "value": "FILE", "complete": "file", "group": "Going on",
         "help": "Process only the events that FILE names, a report or a list of ids, one a line; - is standard input. Not together with --checkpoint."},
        {"name": "jobs", "short": "j", "value": "N", "type": "integer", "default": "2", "minimum": 1, "maximum": 64, "group": "Speed",
         "help": "Number of connections to PostgreSQL, opened as there is work for them. Each keeps one of the server's processors busy."},
        {"name": "target-time", "value": "DURATION", "type": "duration", "default": "500ms", "group": "Speed",
         "help": "Time that one update may take, and so may hold the locks of its rows: batches are cut smaller until it does. 0 never cuts them."},
        {"name": "max-rate", "value": "N", "type": "integer", "minimum": 1, "group": "Speed",
         "help": "Process at most N events a second."},
        {"name": "pause-on-lag", "value": "DURATION", "type": "duration", "minimum": "1ms", "group": "Speed",
         "help": "Wait while a standby of the server is further behind than this. The role has to see the standbys (pg_monitor)."},
        {"name": "retries", "value": "N", "type": "integer", "default": "10", "minimum": 0, "maximum": 1000, "group": "Trouble",
         "help": "How often to try again what may pass: to connect again after a lost connection, or to update an event after a deadlock or a timeout. The pauses between grow from a quarter of a second to eight."},
        {"name": "connect-timeout", "value": "DURATION", "type": "duration", "default": "10s", "minimum": "2s", "group": "Trouble",
         "help": "How long to wait for a connection, unless the connection string has a connect_timeout."},
        {"name": "lock-timeout", "value": "DURATION", "type": "duration", "default": "2s", "group": "Trouble",
         "help": "How long to wait for a row that somebody else has locked, before trying again later. 0 waits for ever."},
        {"name": "statement-timeout", "value": "DURATION", "type": "duration", "default": "1m", "group": "Trouble",
         "help": "How long one statement may take. A server that is silent for ten seconds longer counts as lost. 0 waits for ever."}
    ],
    "examples": [
        {"text": "Preview", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\" --dry-run"},
        {"text": "Backfill", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\""},
        {"text": "With larger batches", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\" -b 500"},
        {"text": "So that it can be interrupted and gone on with", "command": "pcasctl backfill -s ~/.pcas/events.db --checkpoint backfill.checkpoint --report failures.jsonl"},
        {"text": "Try again what failed", "command": "pcasctl backfill -s ~/.pcas/events.db --only-ids failures.jsonl --report failures-again.jsonl"}
    ],
    "exit_codes": [
        {"code": 0, "meaning": "Done. Events without a vector do not count as failures here."},
        {"code": 1, "meaning": "Done, but some updates failed for another reason than a missing vector."},
        {"code": 2, "meaning": "Wrong usage."},
        {"code": 3, "meaning": "Could not start, or had to give up."},
        {"code": 130, "meaning": "Interrupted by Ctrl-C; 143 by SIGTERM, 129 by SIGHUP."}
    ],
    "environment": [
        {"name": "PGHOST, PGPORT, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE", "meaning": "What --postgres leaves open, as in every program that uses libpq."}
    ],
    "files": [
        {"path": "~/.pgpass", "meaning": "Passwords."},
        {"path": "~/.pg_service.conf", "meaning": "Connections that have a name."}
    ],
    "see_also": ["psql(1)", "sqlite3(1)"]
});
// clang-format on

namespace backfill {
namespace {

bool is_same_file(const std::string &one, const std::string &other) {
    const auto path = [](const std::string &name) {
        return std::filesystem::weakly_canonical(name == "-" ? "/dev/stdin" : name);
    };
    std::error_code not_there;
    return path(one) == path(other) || std::filesystem::equivalent(path(one), path(other), not_there);
}

class Command {
public:
    explicit Command(pcasctl::Host host)
        : host_(host), options_(host.options()), log_(host.log()), cancel_(host.cancel()),
          dry_run_(options_.flag("dry-run")), stop_{[this] { return stopping(); }, cancel_.descriptor()} {}
    Command(const Command &) = delete;
    Command &operator=(const Command &) = delete;

    int run();

private:
    void require_fitting_files() const;
    VectorStore::Settings store_settings() const;
    int start();
    StartingPoint find_start(const CheckpointFile &checkpoint, EventSource &source, VectorStore &store) const;
    std::optional<FailureFile> failure_file(const StartingPoint &start) const;
    int run(EventStream &events, VectorStore &store, const StartingPoint &start, std::optional<std::int64_t> count,
            std::optional<CheckpointFile> kept);
    std::exception_ptr note(const std::runtime_error &trouble, const std::exception_ptr &earlier) const;
    std::unique_ptr<Throttle> make_throttle() const;
    bool stopping();
    std::chrono::milliseconds duration(const char *option) const;
    std::vector<Preview> sample(const Report &report, VectorStore &store) const;
    int end(const Report &report, const Position &reached, VectorStore &store, const std::exception_ptr &error) const;

    pcasctl::Host host_;
    pcasctl::Options options_;
    pcasctl::Log log_;
    pcasctl::Cancel cancel_;
    bool dry_run_;
    Stop stop_;
    bool stop_acknowledged_ = false;
};

int Command::run() {
    require_fitting_files();
    try {
        return start();
    } catch (const StoreError &error) {
        if (!cancel_.requested()) throw;
        log_.error(error.what());
        return PCASCTL_EXIT_CANCELLED;
    }
}

int Command::start() {
    const VectorStore::Settings settings = store_settings();
    const auto warn = [this](const std::string &message) { log_.warning(message); };
    if (options_.given("only-ids")) {
        ListedEvents events(options_.text("sqlite"), IdList(options_.text("only-ids")));
        VectorStore store(settings, stop_, warn);
        const int exit_code = run(events, store, {}, std::nullopt, std::nullopt);
        if (events.list().cut_short()) warn("--only-ids: the last record of the report is cut short; it was left out");
        return exit_code;
    }
    EventSource source(options_.text("sqlite"));
    VectorStore store(settings, stop_, warn);
    std::optional<CheckpointFile> checkpoint;
    StartingPoint start;
    if (options_.given("checkpoint")) {
        checkpoint.emplace(options_.text("checkpoint"));
        if (!dry_run_) checkpoint->lock();
        start = find_start(*checkpoint, source, store);
        if (dry_run_) checkpoint.reset(); // it is left as it is
    }
    return run(source, store, start, start.checkpoint.tally.processed() + source.event_count(), std::move(checkpoint));
}

int Command::run(EventStream &events, VectorStore &store, const StartingPoint &start, std::optional<std::int64_t> count,
                 std::optional<CheckpointFile> kept) {
    std::optional<FailureFile> failures = failure_file(start);
    FailureFile *recorded = failures ? &*failures : nullptr;
    Report report(host_, {dry_run_, count, kept ? kept->name() : ""}, start.checkpoint.tally, recorded);
    const std::unique_ptr<Throttle> throttle = make_throttle();
    CheckpointKeeper checkpoint(std::move(kept), start.checkpoint, recorded,
                                [this](const std::string &message) { log_.warning(message); });
    if (recorded != nullptr) recorded->begin(); // now nothing stands in the way of the run

    std::exception_ptr error;
    const auto attempt = [&](const auto &step) {
        try {
            step();
        } catch (const std::runtime_error &trouble) {
            error = note(trouble, error);
        }
    };
    const auto batch_size = static_cast<std::size_t>(options_.integer("batch-size"));
    attempt([&] { backfill(events, store, report, checkpoint, *throttle, batch_size, stop_); });
    const bool finished = error == nullptr && !cancel_.requested();
    if (error != nullptr) attempt([&] { report.settled({}, store.rescue()); });
    // Behind a checkpoint the count is no more than the most that there can be.
    if (finished && !start.goes_on && count && report.tally().processed() < *count)
        log_.warning(
            "fewer events were read than there were at the start: some were deleted meanwhile, or the SQLite file "
            "is damaged, which PRAGMA integrity_check tells",
            {{"at_the_start", std::to_string(*count)}, {"read", std::to_string(report.tally().processed())}});
    attempt([&] { checkpoint.end(finished && error == nullptr); });
    return end(report, checkpoint.position(), store, error);
}

// Of several, the first ends the run with its message, unless it ends as interrupted. The others are told here.
std::exception_ptr Command::note(const std::runtime_error &trouble, const std::exception_ptr &earlier) const {
    if (earlier != nullptr || cancel_.requested()) log_.error(trouble.what());
    return earlier != nullptr ? earlier : std::current_exception();
}

std::unique_ptr<Throttle> Command::make_throttle() const {
    const bool watches = options_.given("pause-on-lag") && !dry_run_;
    const Throttle::Settings settings{options_.integer("max-rate"),
                                      watches ? duration("pause-on-lag") : std::chrono::milliseconds(0)};
    if (!watches) return std::make_unique<Throttle>(settings, Throttle::Lag(), Throttle::Tell(), stop_);
    const auto lag = std::make_shared<StandbyLag>(options_.text("postgres"), duration("connect-timeout"),
                                                  [this](const std::string &message) { log_.warning(message); });
    return std::make_unique<Throttle>(
        settings, [lag] { return (*lag)(); }, [this](const std::string &message) { log_.info(message); }, stop_);
}

// What cannot be meant, and would cost a file.
void Command::require_fitting_files() const {
    if (options_.given("only-ids") && options_.given("checkpoint"))
        throw pcasctl::Failure(
            "--only-ids and --checkpoint do not go together: a list has no place to go on from; if it "
            "is interrupted, run it again",
            PCASCTL_EXIT_USAGE);
    for (const auto &[one, other] :
         {std::pair{"report", "only-ids"}, {"report", "checkpoint"}, {"report", "sqlite"}, {"checkpoint", "sqlite"}})
        if (options_.given(one) && options_.given(other) && is_same_file(options_.text(one), options_.text(other)))
            throw pcasctl::Failure(std::string("--") + one + " and --" + other
                                       + " name the same file: give another one",
                                   PCASCTL_EXIT_USAGE);
}

StartingPoint Command::find_start(const CheckpointFile &checkpoint, EventSource &source, VectorStore &store) const {
    StartingPoint start = starting_point(checkpoint, store.target(), source, store);
    if (start.goes_on)
        log_.info(start.checkpoint.finished
                      ? "the checkpoint is of a run that finished: only what was added since is read"
                      : "going on from the checkpoint",
                  {{"events", std::to_string(source.event_count())}});
    return start;
}

// A dry run leaves the report of the real one alone. Behind a checkpoint lie failures of earlier runs: they are kept.
std::optional<FailureFile> Command::failure_file(const StartingPoint &start) const {
    if (dry_run_ || !options_.given("report")) return std::nullopt;
    // A run that was killed before it came further than its first checkpoint may not have begun its report.
    const bool begun = start.goes_on && start.checkpoint.position != Position();
    return std::optional<FailureFile>(std::in_place, options_.text("report"),
                                      begun ? FailureFile::Earlier::kept : FailureFile::Earlier::replaced);
}

VectorStore::Settings Command::store_settings() const {
    try {
        return {options_.text("postgres"),
                TableName(options_.text("table")),
                dry_run_ ? Mode::dry_run : Mode::write,
                static_cast<std::size_t>(options_.integer("batch-size")),
                static_cast<std::size_t>(options_.integer("jobs")),
                static_cast<int>(options_.integer("retries")),
                {duration("connect-timeout"), duration("lock-timeout"), duration("statement-timeout")},
                duration("target-time")};
    } catch (const std::invalid_argument &error) {
        throw pcasctl::Failure(std::string("--table: ") + error.what(), PCASCTL_EXIT_USAGE);
    }
}

bool Command::stopping() {
    if (!cancel_.requested()) return false;
    if (!stop_acknowledged_) log_.warning("stopping: what is on its way is finished first; Ctrl-C again stops at once");
    stop_acknowledged_ = true;
    return true;
}

std::chrono::milliseconds Command::duration(const char *option) const {
    return std::chrono::milliseconds(options_.integer(option));
}

// What a dry run counted holds without it.
std::vector<Preview> Command::sample(const Report &report, VectorStore &store) const {
    if (!dry_run_ || report.sample().empty()) return {};
    try {
        return store.preview(report.sample());
    } catch (const StoreError &trouble) {
        log_.warning(std::string("there is no sample of what would change: ") + trouble.what());
        return {};
    }
}

// The summary is due whatever happened; an error is told after it.
int Command::end(const Report &report, const Position &reached, VectorStore &store,
                 const std::exception_ptr &error) const {
    const auto shown = error == nullptr ? sample(report, store) : std::vector<Preview>();
    const Ending ending = error != nullptr ? Ending::gave_up : Ending::done;
    report.summary(cancel_.requested() ? Ending::interrupted : ending, reached, shown);
    if (cancel_.requested()) return PCASCTL_EXIT_CANCELLED;
    if (error != nullptr) std::rethrow_exception(error);
    return report.tally().failed > 0 ? PCASCTL_EXIT_PARTIAL : PCASCTL_EXIT_DONE;
}

} // namespace
} // namespace backfill

PCASCTL_COMMAND(backfill::Command);
