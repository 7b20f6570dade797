// The PostgreSQL end of backfill: takes batches, keeps several of them on their way over one or more connections, and
// hands each back, in the order in which they came, when every event in it has been decided on and what was written is
// durable.
//
// A batch is first written, or first looked at: a look costs a fraction of a write and is enough where rows are right
// already. What came of the last few thousand events decides which it is, and whether a look asks for fingerprints or
// for the metadata at once. Looks of several batches go out as one request, and so does the question where batches lie in
// the table, which goes ahead of what they begin with; without its answer they go out all the same. Then four things can
// happen to a request, and each keeps its trouble to itself:
//   - it succeeds. Rows that an update did not return are looked at: right already, not there, or kept by a trigger or
//     policy. Rows that it did return count once they are durable, by what the server says of its log, or by a flush. Rows
//     that a look did not find where they should lie are looked up by their ids.
//   - the server rejects it. It is split in two and sent again, until the event that is to blame stands alone and fails
//     alone: a batch of n with one bad event costs some 2 log2(n) requests. (A savepoint per event would cost every
//     batch n subtransactions, for the rare bad one.) If the error looks like one that dooms every update, the preflight
//     is repeated first, and ends the run with its one clear message.
//   - passing trouble. A deadlock, a timeout or a serialization failure: it is split, since fewer rows meet less of it,
//     and sent again after a growing pause, while others go on. Where nothing succeeds between timeouts, the table as a whole
//     may be locked: that is looked at, and waited for, before more is sent.
//   - its connection is lost. Whatever was on its way there, or not durable yet, is sent again: writing a row twice is
//     harmless. What the server was at is the suspect: if it happens again it is split, and sent again behind others, until
//     the event that is to blame stands alone. If others pass in between, it fails alone.
//
// Used from one thread. Throws StoreError when the run has to end; what has been handed back by then is durable.
#pragma once

#include "batch.hpp"
#include "course.hpp"
#include "fingerprint.hpp"
#include "lanes.hpp"
#include "request.hpp"
#include "request_queue.hpp"
#include "row_state.hpp"
#include "statements.hpp"
#include "stop.hpp"
#include "table_access.hpp"
#include "table_name.hpp"
#include "target.hpp"
#include "warn.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

struct Preview {
    EventId id;
    std::string before; // the row's metadata as JSON; "" for SQL NULL
    std::string after;
};

class VectorStore {
public:
    struct Settings {
        std::string conninfo;
        TableName table;
        Mode mode;
        std::size_t batch_size;  // that a transaction may change at most so many rows
        std::size_t connections; // at most so many
        int retries;             // of passing trouble: with one event, or with connecting
        Timeouts timeouts;
        std::chrono::milliseconds target_time; // that one update may take: batches are cut until it does. 0: never cut
    };

    // Connects, and makes sure that updates can succeed. Borrows `stop`.
    VectorStore(Settings settings, const Stop &stop, Warn warn);
    ~VectorStore();
    VectorStore(const VectorStore &) = delete;
    VectorStore &operator=(const VectorStore &) = delete;

    // Is there room for one more batch of this size? What is on its way is bounded: in events and bytes, and so memory is;
    // and to what the server does in a second, and so a stop is short.
    bool has_room_for(std::size_t events) const;
    void submit(Batch batch); // ids must be unique within it

    bool idle() const { return jobs_.empty(); }
    // The oldest batch's; not when idle. Are there more to come, as far as is known?
    BatchResult wait(bool more);

    // When the run has to end: what is known of the batches that wait() will not hand back any more. Never throws.
    BatchResult rescue() noexcept;

    // Where it writes. Only when idle.
    Target target();
    // What update would make of these rows; for a few. Only when idle.
    std::vector<Preview> preview(const Batch &batch);
    // Would update leave this row, which it would write, with the values of our keys that it has now? Tried, and taken
    // back; a dry run must not try: it warns, and takes it to be so. Only when idle.
    bool stays(const Update &update, const std::string &metadata);

private:
    using Clock = Lane::Clock;

    // Questions while nothing is on its way (questions.cpp)
    void greet(Lane &lane); // what a new connection begins with
    // The first asks until there is an answer, over another connection if one is lost over it; of the second that is false.
    using Question = std::function<void(Connection &)>;
    void ask(const Question &question);
    bool asked(Lane &lane, const Question &question);
    // Tries again what fails by trouble that may pass, as often as the user allows; `what` it tells, in words. Returns the error
    // of what the server rejects.
    using Attempt = std::function<std::optional<ServerError>()>;
    std::optional<ServerError> insist(const std::string &what, const Attempt &attempt);
    // An update that is taken back: would it leave the row as it is?
    std::optional<ServerError> try_update(const Update &update, const std::string &metadata, bool &same);

    // Requests out (vector_store.cpp)
    void send_ready(bool even_if_small);
    std::size_t most_on_a_lane(Step step) const; // events
    bool is_to_be_located(const Job &job, Step step) const;
    Lane *lane_with_room(const Request &request);
    void send(Lane &lane, Request request);
    void send_flushes(bool more);

    // Answers in (answers.cpp)
    void wait_for_answers(Clock::time_point wake);
    void read_answers(Lane &lane);
    void handle(Lane &lane, Answer answer);
    void learn_pace(const Answer &answer);
    void settle_locate(const Request &request, const Rows &rows);
    void add_located(std::vector<Row> rows, Step step, std::vector<FoundSample> samples);
    void leave_unlocated(const Request &request, Trouble trouble);
    void settle_update(Lane &lane, const Request &request, const Rows &rows);
    void settle_compare(const Request &request, const Rows &rows);
    void settle_check(Lane &lane, const Request &request, const Rows &rows);
    void settle_log(Lane &lane, const Rows &rows);
    void settle_flush(Lane &lane);
    void durable(const std::vector<Row> &rows);
    void written(Lane &lane, const Row &row);
    void settle_stale(const Row &row, const Request &request, Request &again);
    void settle(const Row &row, Outcome outcome, std::string reason = {});

    // Trouble (trouble.cpp)
    Clock::time_point resolve_doubt();
    void take_back(LostWork work);
    void put_back_lost(Request request);
    void put_back_suspect(Request request, const LostWork &work);
    void handle_error(const Request &request, const ServerError &error);
    void flush_failed(const ServerError &error);
    void retry(Request request, const ServerError &error);

    Settings settings_;
    const Stop &stop_;
    Warn warn_;
    const std::int64_t seed_ = random_seed(); // of fingerprints
    Statements statements_;
    Fingerprints fingerprints_{seed_};
    RowReader reader_;
    TableAccess access_;
    Lanes lanes_;

    std::deque<std::unique_ptr<Job>> jobs_; // oldest first
    RequestQueue waiting_;                  // to be sent
    Clock::time_point due_until_;           // what was due by then was looked at; what is due later is waited for
    std::size_t batches_ = 0;               // submitted
    std::size_t events_in_jobs_ = 0;
    std::size_t bytes_in_jobs_ = 0;
    int failed_flushes_ = 0;    // in a row
    int lost_since_answer_ = 0; // connections, since the last answer over any of them
    int lethal_events_ = 0;     // that failed because the connection was lost each time
    Course course_;
};

} // namespace backfill
