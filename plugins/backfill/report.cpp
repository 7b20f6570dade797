#include "report.hpp"

#include "vector_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

} // namespace

Report::Report(pcasctl::Host host, bool dry_run, std::int64_t expected_events)
    : host_(host), log_(host.log()), dry_run_(dry_run), expected_(expected_events),
      start_(std::chrono::steady_clock::now()) {}

void Report::unreadable(const UnreadableEvent &event) {
    ++tally_.failed;
    failed(event.id, event.reason);
}

void Report::failed(const EventId &id, const std::string &reason) {
    log_.error("update failed", {{"event_id", id.text}, {"reason", reason}});
}

void Report::settled(const BatchResult &results) {
    for (const UpdateResult &result : results) {
        switch (result.outcome) {
        case Outcome::updated:
            ++tally_.updated;
            if (dry_run_ && sample_.size() < sample_size) sample_.push_back(result.update);
            break;
        case Outcome::unchanged:
            ++tally_.unchanged;
            break;
        case Outcome::no_vector:
            ++tally_.no_vector;
            log_.info("update failed", {{"event_id", result.update.id.text}, {"reason", "no corresponding vector"}});
            break;
        case Outcome::failed:
            ++tally_.failed;
            failed(result.update.id, result.reason);
            break;
        }
    }
    tell_progress();
}

void Report::tell_progress() {
    if (!passed_a_multiple(told_.updated, tally_.updated, updates_per_line)
        && !passed_a_multiple(told_.processed(), tally_.processed(), events_per_line))
        return;
    told_ = tally_;
    log_.info("progress", {{"processed", std::to_string(tally_.processed())},
                           {"of", std::to_string(expected_)},
                           {"updated", std::to_string(tally_.updated)},
                           {"errors", std::to_string(tally_.errors())}});
}

double Report::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Report::events_per_second() const {
    const double elapsed = seconds();
    return elapsed > 0 ? static_cast<double>(tally_.processed()) / elapsed : 0;
}

void Report::summary(Ending ending, const std::vector<Preview> &sample) const {
    host_.output().write(host_.output().json() ? as_json(ending, sample) : as_text(ending, sample));
}

std::string Report::as_text(Ending ending, const std::vector<Preview> &sample) const {
    std::string text;
    for (const Preview &preview : sample)
        text += fmt::format("{}\n  - {}\n  + {}\n", preview.id.text, preview.before.empty() ? "(none)" : preview.before,
                            preview.after);
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
                    sample.empty() ? "" : "\n", headline(ending, dry_run_), tally_.processed(), tally_.updated,
                    tally_.errors(), tally_.unchanged, tally_.no_vector, tally_.failed, seconds(), events_per_second());
    if (ending != Ending::done)
        text += "Run the same command again to go on: what is done already will be unchanged.\n";
    return text;
}

std::string Report::as_json(Ending ending, const std::vector<Preview> &sample) const {
    using Json = nlohmann::ordered_json;
    Json json{{"status", name(ending)},
              {"dry_run", dry_run_},
              {"processed", tally_.processed()},
              {"updated", tally_.updated},
              {"errors", tally_.errors()},
              {"unchanged", tally_.unchanged},
              {"no_vector", tally_.no_vector},
              {"failed", tally_.failed},
              {"elapsed_seconds", std::round(seconds() * 1000) / 1000},
              {"events_per_second", std::round(events_per_second())}};
    if (dry_run_) {
        json["sample"] = Json::array();
        for (const Preview &preview : sample)
            json["sample"].push_back({{"id", preview.id.text},
                                      {"before", preview.before.empty() ? Json() : Json::parse(preview.before)},
                                      {"after", Json::parse(preview.after)}});
    }
    return json.dump() + "\n";
}

} // namespace backfill
