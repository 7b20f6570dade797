// The subcommand as pcasctl sees it: its manifest, and how its options become a run.
#include "backfill.hpp"
#include "event_source.hpp"
#include "report.hpp"
#include "vector_store.hpp"

#include <pcasctl/plugin.hpp>

#include <exception>
#include <poll.h>
#include <stdexcept>

// clang-format off
PCASCTL_MANIFEST({
    "command": "backfill",
    "version": "0.1.0",
    "summary": "Add metadata to the vectors of events that are already stored",
    "description": [
        "Reads events from PCAS's SQLite database, extracts eight metadata fields from each, and merges them into the metadata of the vector with the same id in PostgreSQL. Hybrid search then finds old events by user, session, type and time.",
        "The SQLite file is only read, and may be in use. In PostgreSQL only the metadata of matching rows changes: other keys stay, embeddings are not touched, and a row that is right already is not written. The command may be interrupted and repeated at any time.",
        "Not every event has a vector; those that have none are counted and logged as errors, and do no harm."
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
         "help": "Table of the vectors, if need be with its schema (schema.table). As in SQL, names in double quotes are taken as they are and others are folded to lower case."}
    ],
    "examples": [
        {"text": "Preview", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\" --dry-run"},
        {"text": "Backfill", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\""},
        {"text": "With larger batches", "command": "pcasctl backfill -s ~/.pcas/events.db -p \"postgresql://localhost/pcas\" -b 500"}
    ],
    "exit_codes": [
        {"code": 0, "meaning": "Done. Events without a vector do not count as failures here."},
        {"code": 1, "meaning": "Done, but some updates failed for another reason than a missing vector."},
        {"code": 2, "meaning": "Wrong usage."},
        {"code": 3, "meaning": "Could not start, or had to give up."},
        {"code": 130, "meaning": "Interrupted by Ctrl-C; 143 by SIGTERM, 129 by SIGHUP."}
    ]
});
// clang-format on

namespace backfill {
namespace {

class Command {
public:
    explicit Command(pcasctl::Host host)
        : host_(host), log_(host.log()), cancel_(host.cancel()), dry_run_(host.options().flag("dry-run")) {}

    int run();

private:
    VectorStore::Settings store_settings() const;
    bool stopping();
    bool pause(std::chrono::milliseconds duration);
    int end(const Report &report, VectorStore &store, const std::exception_ptr &error) const;

    pcasctl::Host host_;
    pcasctl::Log log_;
    pcasctl::Cancel cancel_;
    bool dry_run_;
    bool stop_acknowledged_ = false;
};

int Command::run() {
    const pcasctl::Options options = host_.options();
    const VectorStore::Settings settings = store_settings();
    EventSource source(options.text("sqlite"));
    const Pause pause = [this](std::chrono::milliseconds duration) { return this->pause(duration); };
    VectorStore store(settings, pause, [this](const std::string &message) { log_.warning(message); });
    Report report(host_, dry_run_, source.event_count());

    std::exception_ptr error;
    try {
        backfill(source, store, report, static_cast<std::size_t>(options.integer("batch-size")),
                 [this] { return stopping(); });
    } catch (const std::runtime_error &) {
        error = std::current_exception();
    }
    return end(report, store, error);
}

VectorStore::Settings Command::store_settings() const {
    const pcasctl::Options options = host_.options();
    try {
        return {options.text("postgres"), TableName(options.text("table")), dry_run_ ? Mode::dry_run : Mode::write};
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

bool Command::pause(std::chrono::milliseconds duration) {
    pollfd cancelled{cancel_.descriptor(), POLLIN, 0};
    ::poll(&cancelled, 1, static_cast<int>(duration.count()));
    return !stopping();
}

// The summary is due whatever happened; an error is told after it.
int Command::end(const Report &report, VectorStore &store, const std::exception_ptr &error) const {
    if (error != nullptr) {
        report.summary(cancel_.requested() ? Ending::interrupted : Ending::gave_up, {});
    } else {
        const bool show_sample = dry_run_ && !report.sample().empty();
        report.summary(cancel_.requested() ? Ending::interrupted : Ending::done,
                       show_sample ? store.preview(report.sample()) : std::vector<Preview>());
    }
    if (cancel_.requested()) return PCASCTL_EXIT_CANCELLED;
    if (error != nullptr) std::rethrow_exception(error);
    return report.tally().failed > 0 ? PCASCTL_EXIT_PARTIAL : PCASCTL_EXIT_DONE;
}

} // namespace
} // namespace backfill

PCASCTL_COMMAND(backfill::Command);
