#include "report.hpp"

#include "terminal_text.hpp"
#include "vector_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace backfill {
namespace {

// The guide's promise: progress every 10 successful updates and every 1000 processed events.
constexpr std::int64_t updates_per_line = 10;
constexpr std::int64_t events_per_line = 1000;

constexpr std::size_t sample_size = 5;

const char *name(Ending ending) {
    switch (ending) {
    case Ending::done:
        return "done";
    case Ending::interrupted:
        return "interrupted";
    case Ending::gave_up:
        break;
    }
    return "gave up";
}

std::string headline(Ending ending, bool dry_run) {
    const char *what = dry_run ? "Dry run" : "Backfill";
    const char *note = dry_run ? ": nothing was changed; a run without --dry-run would give" : "";
    switch (ending) {
    case Ending::done:
        return fmt::format("{} finished{}", what, note);
    case Ending::interrupted:
        return fmt::format("{} interrupted", what);
    case Ending::gave_up:
        break;
    }
    return fmt::format("{} gave up", what);
}

bool passed_a_multiple(std::int64_t before, std::int64_t now, std::int64_t step) {
    return before / step != now / step;
}

// How many are left for this run.
std::int64_t expected_now(const Report::Settings &settings, const Tally &earlier) {
    if (!settings.expected) return PCASCTL_TOTAL_UNKNOWN;
    return std::max<std::int64_t>(*settings.expected - earlier.processed(), 0);
}

// Metadata as the server prints them, which is JSON: to read them would change numbers that are beyond ours.
std::string sample_as_json(const std::vector<Preview> &sample) {
    std::string list;
    for (const Preview &preview : sample)
        list += fmt::format(R"({}{{"id":{},"before":{},"after":{}}})", list.empty() ? "" : ",", quoted(preview.id.text),
                            preview.before.empty() ? "null" : preview.before, preview.after);
    return "[" + list + "]";
}

} // namespace

Report::Report(pcasctl::Host host, Settings settings, const Tally &earlier, FailureFile *failures)
    : host_(host), log_(host.log()), settings_(std::move(settings)), failures_(failures),
      start_(std::chrono::steady_clock::now()), earlier_(earlier), tally_(earlier), told_(earlier),
      progress_(host.progress("Backfilling", "events", expected_now(settings_, earlier))) {}

void Report::settled(const std::vector<UnreadableEvent> &unreadable, const BatchResult &results) {
    for (const UnreadableEvent &event : unreadable) {
        ++tally_.failed;
        failed({event.id, event.kind, event.reason});
    }
    for (const UpdateResult &result : results) settle(result);
    if (failures_ != nullptr) failures_->flush();
    tell_progress();
    progress_.update(tally_.processed() - earlier_.processed());
}

void Report::settle(const UpdateResult &result) {
    switch (result.outcome) {
    case Outcome::updated:
        ++tally_.updated;
        if (settings_.dry_run && sample_.size() < sample_size) sample_.push_back(result.update);
        break;
    case Outcome::unchanged:
        ++tally_.unchanged;
        break;
    case Outcome::no_vector:
        ++tally_.no_vector;
        failed({result.update.id, FailureKind::no_vector, "no corresponding vector"});
        break;
    case Outcome::failed:
        ++tally_.failed;
        failed({result.update.id, FailureKind::rejected, result.reason});
        break;
    }
}

// A missing vector is common and normal: it is told, but not as an error.
void Report::failed(const Failure &failure) {
    const int level = failure.kind == FailureKind::no_vector ? PCASCTL_LOG_INFO : PCASCTL_LOG_ERROR;
    log_.write(level, "update failed", {{"event_id", failure.id.text}, {"reason", failure.reason}});
    if (failures_ != nullptr) failures_->add(failure);
}

void Report::tell_progress() {
    if (!passed_a_multiple(told_.updated, tally_.updated, updates_per_line)
        && !passed_a_multiple(told_.processed(), tally_.processed(), events_per_line))
        return;
    told_ = tally_;
    log_.info("progress", {{"processed", std::to_string(tally_.processed())},
                           {"of", settings_.expected ? std::to_string(*settings_.expected) : "?"},
                           {"updated", std::to_string(tally_.updated)},
                           {"errors", std::to_string(tally_.errors())}});
}

double Report::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Report::events_per_second() const {
    const double elapsed = seconds();
    return elapsed > 0 ? static_cast<double>(tally_.processed() - earlier_.processed()) / elapsed : 0;
}

void Report::summary(Ending ending, const Position &reached, const std::vector<Preview> &sample) const {
    const pcasctl::Output output = host_.output();
    output.write(output.json() ? as_json(ending, reached, sample) : as_text(ending, reached, sample));
}

std::string Report::as_text(Ending ending, const Position &reached, const std::vector<Preview> &sample) const {
    std::string text;
    for (const Preview &preview : sample)
        text += fmt::format("{}\n  - {}\n  + {}\n", quoted(preview.id.text),
                            preview.before.empty() ? "(none)" : shown_json(preview.before), shown_json(preview.after));
    text +=
        fmt::format("{}{}\n"
                    "  Total events processed: {}\n"
                    "  Successfully updated:   {}\n"
                    "  Errors:                 {}\n"
                    "  Unchanged:              {}\n"
                    "  No vector:              {}\n"
                    "  Failed:                 {}\n"
                    "  Elapsed:                {:.2f} s\n"
                    "  Rate:                   {:.0f} events/s\n",
                    sample.empty() ? "" : "\n", headline(ending, settings_.dry_run), tally_.processed(), tally_.updated,
                    tally_.errors(), tally_.unchanged, tally_.no_vector, tally_.failed, seconds(), events_per_second());
    if (earlier_.processed() > 0)
        text += fmt::format("  Processed earlier:      {}, counted above\n", earlier_.processed());
    return text + advice(ending, reached);
}

// What to do next.
std::string Report::advice(Ending ending, const Position &reached) const {
    std::string text;
    if (ending != Ending::done && reached != Position())
        text += fmt::format("Everything is done up to {}.\n", described(reached));
    if (ending != Ending::done)
        text += settings_.checkpoint.empty()
                    ? "Run the same command again to go on: what is done already will be unchanged.\n"
                    : "Run the same command again to go on from there.\n";
    else if (!settings_.checkpoint.empty())
        text += fmt::format("{} is finished: with it, another run processes only events that are added from now on.\n",
                            settings_.checkpoint);
    if (failures_ != nullptr && tally_.errors() > 0)
        text +=
            fmt::format("What failed is recorded in {}: give it as --only-ids to try that alone.\n", failures_->path());
    else if (!settings_.checkpoint.empty() && tally_.failed > 0)
        text += "What failed is behind the checkpoint: to try it again, list its ids for --only-ids, or run without "
                "--checkpoint.\n";
    return text;
}

std::string Report::as_json(Ending ending, const Position &reached, const std::vector<Preview> &sample) const {
    using Json = nlohmann::ordered_json;
    Json json{{"status", name(ending)},
              {"dry_run", settings_.dry_run},
              {"processed", tally_.processed()},
              {"updated", tally_.updated},
              {"errors", tally_.errors()},
              {"unchanged", tally_.unchanged},
              {"no_vector", tally_.no_vector},
              {"failed", tally_.failed},
              {"elapsed_seconds", std::round(seconds() * 1000) / 1000},
              {"events_per_second", std::round(events_per_second())}};
    if (!settings_.checkpoint.empty()) {
        json["processed_earlier"] = earlier_.processed();
        json["checkpoint"] = settings_.checkpoint;
    }
    if (failures_ != nullptr) json["report"] = failures_->path();
    if (ending != Ending::done && reached != Position())
        json["done_up_to"] = {{"events", to_json(reached.events)}, {"nodes", to_json(reached.graph)}};
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (settings_.dry_run) text.insert(text.size() - 1, ",\"sample\":" + sample_as_json(sample));
    return text + "\n";
}

} // namespace backfill
