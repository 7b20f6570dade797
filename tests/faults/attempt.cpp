#include "attempt.hpp"

#include "backfill_output.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace faults {
namespace {

using std::chrono::milliseconds;

// The bytes with which a run takes leave of the server, on four connections. When they are all that is left to pass, it
// is done, and there is nothing to strike.
constexpr std::uint64_t farewell = std::uint64_t{4} * 5;

std::string last_words(const support::Result &result) {
    constexpr std::size_t most = 1500;
    return result.out + (result.err.size() > most ? "..." + result.err.substr(result.err.size() - most) : result.err);
}

// The numbers of a run that did not see the fault, or came through it.
void check_numbers(const Scene &scene, const support::Result &result) {
    CHECK(summary(result, "Total events processed") == scene.events);
    CHECK(summary(result, "Failed") == scene.failed);
    CHECK(summary(result, "No vector") == scene.no_vector);
    CHECK(summary(result, "Successfully updated") + summary(result, "Unchanged") == scene.updated);
}

void check_sum(const support::Result &result) {
    if (result.out.empty()) return; // it was killed
    CHECK(summary(result, "Total events processed")
          == summary(result, "Successfully updated") + summary(result, "Unchanged") + summary(result, "Errors"));
}

// How many events were processed when it told of its progress for the last time but one. Those were all before it: only
// its last line may count some that came back from batches that did not.
int processed_for_certain(const support::Result &result) {
    const std::string label = " processed=";
    const std::size_t last = result.err.rfind(label);
    const std::size_t at = last == std::string::npos || last == 0 ? last : result.err.rfind(label, last - 1);
    return at == std::string::npos ? 0 : std::stoi(result.err.substr(at + label.size()));
}

// A run that ended early says how far everything is done, and it is.
void check_position(const Scene &scene, const support::Result &result) {
    if (result.out.empty() || came_through(result)) return;
    const int done = done_from_the_first(result);
    CHECK(done >= processed_for_certain(result));
    CHECK(done <= summary(result, "Total events processed"));
    CHECK(scene.not_finished(done) == "");
}

void judge(Scene &scene, const support::Result &result, const Words &options, Table table) {
    INFO("it said: ", last_words(result));
    check_sum(result);
    check_position(scene, result);
    if (result.exit_code == 3 && result.out.empty() && table == Table::untouched) CHECK(scene.rows_done() == 0);
    CHECK(scene.harm_done() == "");
    CHECK(scene.rows_done() >= reported(result));
    if (came_through(result)) {
        if (!result.out.empty()) check_numbers(scene, result);
        CHECK(scene.not_finished() == "");
    }
    scene.bring_back_the_pooler();
    const support::Result again =
        support::run(scene.command(options)); // also after one that came through: it costs little
    INFO("the next run said: ", last_words(again));
    CHECK(again.exit_code == 1);
    check_numbers(scene, again);
    CHECK(scene.not_finished() == "");
}

std::string text_of(const Words &words) {
    std::string text;
    for (const std::string &word : words) text += word + ' ';
    return text;
}

// That have a record, and perhaps more than one.
int events_in(const std::string &report) {
    std::istringstream records(support::read_file(report));
    std::set<std::string> ids;
    for (std::string record; std::getline(records, record);) ids.insert(record.substr(0, record.find(",\"kind\":")));
    return static_cast<int>(ids.size());
}

bool stands_in_the_middle(const std::string &checkpoint) {
    const std::string text = support::read_file(checkpoint);
    return text.find("\"rowid\"") != std::string::npos && text.find("\"finished\": true") == std::string::npos;
}

support::Process start(Scene &scene, const Words &command, std::uint64_t position) {
    scene.proxy.tell(fmt::format("stall {}", position));
    return support::Process(command);
}

} // namespace

bool came_through(const support::Result &result) {
    return result.exit_code == 0 || result.exit_code == 1;
}

bool noticed(const support::Result &result) {
    return !came_through(result) || result.err.find("ing again: ") != std::string::npos;
}

Attempt::Attempt(Scene &the_scene, Chance &the_chance, const Words &command, std::uint64_t bytes_of_run,
                 std::uint64_t earliest)
    : scene(the_scene), chance(the_chance),
      process(start(scene, command, chance.between(earliest, bytes_of_run - farewell - 1))) {}

Attempt::~Attempt() {
    for (const char *order : {"resume", "admit", "delay 0", "rate 0", "cut"}) scene.proxy.tell(order);
}

support::Result Attempt::meet(const Fault &fault) {
    struck = reach_the_moment();
    const std::uint64_t bytes_before = scene.proxy.status().bytes;
    support::Result result = struck ? fault(*this) : this->result();
    const bool was_at_work = !came_through(result) || scene.proxy.status().bytes - bytes_before > farewell;
    struck = struck && was_at_work;
    if (struck) count_fault();
    return result;
}

bool Attempt::reach_the_moment() {
    while (!process.has_closed_output()) {
        process.read_for(milliseconds(1));
        if (scene.proxy.status().stalled) return true;
    }
    return false;
}

support::Result Attempt::result_of_kill() {
    support::Result killed = result();
    struck = killed.exit_code == 128 + SIGKILL;
    return killed;
}

bool Attempt::still_runs() {
    process.read_for(milliseconds(1));
    return !process.has_closed_output();
}

const support::Result &Attempt::said_so_far() {
    std::size_t before = 0;
    do {
        before = process.so_far().err.size();
        process.read_for(milliseconds(20));
    } while (process.so_far().err.size() != before);
    return process.so_far();
}

Words both(Words words, const Words &more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Words some_batches(Chance &chance) {
    const std::string size = chance.one_of({"5", "40", "100", "700"});
    return {"--batch-size", size, "--jobs", chance.one_of({"1", "2", "4"})};
}

int done_from_the_first(const support::Result &result) {
    const std::size_t line = result.out.find("\nEverything is done up to event ");
    if (line == std::string::npos) return 0;
    const std::string position = result.out.substr(line, result.out.find('\n', line + 1) - line), label = "-event-";
    return std::stoi(position.substr(position.rfind(label) + label.size())) + 1;
}

void until_struck(const std::function<bool()> &run) {
    constexpr int enough = 20;
    for (int tries = 0; tries < enough; ++tries)
        if (run()) return;
    FAIL("no fault was injected: each run ended before its moment, or left the fault nothing to strike");
}

void strike_in_rounds(Scene &scene, const std::string &name, int count, const Run &run, const Words &options,
                      Table table) {
    in_rounds(name, count, [&](Chance &chance) {
        const Words all = both(options, some_batches(chance));
        INFO("options ", text_of(all));
        const std::uint64_t bytes = scene.bytes_of_run(all, table);
        until_struck([&] { return run(chance, all, bytes); });
    });
}

void inject(Scene &scene, const std::string &name, int count, const Fault &fault, const Words &options, Table table) {
    const auto run = [&](Chance &chance, const Words &all, std::uint64_t bytes) {
        scene.reset(table);
        std::optional<Attempt> attempt(std::in_place, scene, chance, scene.command(all), bytes);
        const support::Result result = attempt->meet(fault);
        const bool struck = attempt->struck;
        attempt.reset();
        judge(scene, result, options, table);
        scene.reset();
        return struck;
    };
    strike_in_rounds(scene, name, count, run, options, table);
}

void inject_and_go_on(Scene &scene, const std::string &name, int count, const Fault &fault) {
    const support::TempDir directory;
    const std::string checkpoint = directory / "checkpoint", report = directory / "report";
    int in_the_middle = 0;
    in_rounds(name, count, [&](Chance &chance) {
        // At this rate it takes three seconds, in which checkpoints are written.
        const Words options{"--checkpoint", checkpoint, "--report",     report,
                            "--max-rate",   "700",      "--batch-size", chance.one_of({"5", "40", "100"})};
        INFO("options ", text_of(options));
        const std::uint64_t bytes = scene.bytes_of_run(options);
        until_struck([&] {
            scene.reset();
            for (const std::string &file : {checkpoint, report}) std::filesystem::remove(file);
            // Once at least when there is a checkpoint in the middle.
            const bool is_late = chance.round() == 0;
            Attempt attempt(scene, chance, scene.command(options), bytes, is_late ? bytes * 2 / 3 : 1);
            const support::Result result = attempt.meet(fault);
            INFO("it said: ", last_words(result));
            CHECK(scene.harm_done() == "");
            return attempt.struck;
        });
        if (std::filesystem::exists(checkpoint)) in_the_middle += stands_in_the_middle(checkpoint);
        go_on_to_the_end(scene, options, report);
    });
    CHECK(in_the_middle > 0);
}

void go_on_to_the_end(Scene &scene, const Words &options, const std::string &report) {
    const support::Result rest = support::run(scene.command(options));
    CHECK_MESSAGE(came_through(rest), last_words(rest));
    CHECK(scene.not_finished() == "");
    CHECK(events_in(report) == scene.failed + scene.no_vector);
    scene.reset();
}

} // namespace faults
