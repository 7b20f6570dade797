// One run of the command that meets a fault: started, brought to a random moment, disturbed there, and judged.
#pragma once

#include "chance.hpp"
#include "scene.hpp"

#include <functional>
#include <memory>
#include <string>

namespace faults {

class Attempt;
// Disturbs a run that is at its moment, and returns its result when it has ended.
using Fault = std::function<support::Result(Attempt &)>;

class Attempt {
public:
    // The moment: when a random number of the bytes of an undisturbed run has passed. Then the link is stalled, so that
    // the run stays where it is until resume().
    Attempt(Scene &scene, Chance &chance, const Words &command, std::uint64_t bytes_of_run,
            std::uint64_t earliest = 1); // byte
    ~Attempt();
    Attempt(const Attempt &) = delete;
    Attempt &operator=(const Attempt &) = delete;

    // Lets the run meet the fault, and returns its result. A fault that it met is counted, and leaves `struck` true.
    support::Result meet(const Fault &fault);
    // False if the run comes to its end before.
    bool reach_the_moment();
    void resume() { scene.proxy.tell("resume"); }
    // Takes in what it says until it says no more for a moment.
    const support::Result &said_so_far();
    support::Result result() { return process.wait(); } // when it has ended
    support::Result result_of_kill();                   // likewise, by the fault: else it found nothing to strike
    bool still_runs();

    Scene &scene;
    Chance &chance;
    support::Process process;
    bool struck = true; // which a fault denies if it found nothing to strike
};

Words both(Words words, const Words &more); // one after the other
Words some_batches(Chance &chance);         // options: how large, and on how many connections

// Calls `run`, which says whether a run was struck, until one was: with another moment each time. Fails if none is.
void until_struck(const std::function<bool()> &run);

// Makes a run with these options, of which an undisturbed one sends so many bytes, and says whether it was struck.
using Run = std::function<bool(Chance &, const Words &options, std::uint64_t bytes)>;
// In each of `count` rounds (times the rounds of a long run): runs with batches of chance, until one was struck.
void strike_in_rounds(Scene &scene, const std::string &name, int count, const Run &run, const Words &options = {},
                      Table table = Table::untouched);

// Injects a fault into `count` runs (times the rounds of a long run), and judges each: nothing is harmed, and what was
// reported is there; if the run came through, all is done; else another run does the rest. A run that the fault misses
// is judged, and followed by another one.
void inject(Scene &scene, const std::string &name, int count, const Fault &fault, const Words &options = {},
            Table table = Table::untouched);

// Injects a fault, after which the run has ended, into `count` runs that keep a checkpoint and a report: another one goes
// on from there to the end, and no failure is missing from the report.
void inject_and_go_on(Scene &scene, const std::string &name, int count, const Fault &fault);

// Runs on, with these options, a checkpoint and a report of an earlier run among them, to the end; judged likewise.
void go_on_to_the_end(Scene &scene, const Words &options, const std::string &report);

// How many events, from the first one on, are done by what it says of how far it has come.
int done_from_the_first(const support::Result &result);
bool came_through(const support::Result &result); // to its regular end
bool noticed(const support::Result &result);      // that it had lost a connection: it made another one, or ended

} // namespace faults
