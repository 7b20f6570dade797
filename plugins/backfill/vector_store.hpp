// The PostgreSQL end of backfill: takes batches, keeps several of them on their way, and hands each back when the
// server has decided on every event in it.
//
// A round trip is never waited for while there is work: requests go out in libpq's pipeline mode, one transaction each,
// and their answers are read as they come. Four things can happen to a request, and each keeps its trouble to itself:
//   - it succeeds. Rows that the update did not return are looked at with a check: right already, not there, or kept by
//   a trigger or policy.
//   - the server rejects it. It is split in two and sent again, until the event that is to blame stands alone and fails
//   alone: a batch of n with
//     one bad event costs some 2 log2(n) requests. (A savepoint per event would cost every batch n subtransactions, for
//     the rare bad one.) If the error looks like one that dooms every update, the preflight is repeated first, and ends
//     the run with its one clear message.
//   - passing trouble (deadlock, serialization failure, lock timeout). It is sent again after a growing pause.
//   - the connection is lost. Whatever was on its way is sent again over a new one: writing a row twice is harmless.
//
// Used from one thread. Throws StoreError when the run has to end; what has been handed back by then is durable.
#pragma once

#include "batch.hpp"
#include "pause.hpp"
#include "postgres.hpp"
#include "statements.hpp"
#include "table_name.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

enum class Mode { write, dry_run };

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
    };
    using Warn = std::function<void(const std::string &)>; // tells the user of trouble that is being dealt with

    // Connects, and makes sure that updates can succeed.
    VectorStore(Settings settings, const Pause &pause, Warn warn);
    ~VectorStore();
    VectorStore(const VectorStore &) = delete;
    VectorStore &operator=(const VectorStore &) = delete;

    // Is there room for one more batch of this size? What is on its way is bounded, in batches and in events, and so is
    // memory.
    bool has_room_for(std::size_t events) const;
    void submit(Batch batch); // ids must be unique within it

    bool idle() const { return jobs_.empty(); }
    BatchResult wait(); // the oldest batch's; not when idle

    // What update would make of these rows; for a few. Only when idle.
    std::vector<Preview> preview(const Batch &batch);

private:
    struct Job; // a batch and what has become of its events
    struct Request;

    void connect();
    void reconnect();
    void check_obstacles();
    void resolve_doubt();

    void send_waiting();
    bool send(const Request &request);
    void flush_and_read();
    void receive();
    Rows next_answer();

    void settle(const Request &request, const Rows &rows);
    void settle_update(const Request &request, const Rows &rows);
    void settle_check(const Request &request, const Rows &rows);
    void handle(const Request &request, const ServerError &error);
    void split(const Request &request, const ServerError &error);
    void retry(Request request, const ServerError &error);

    Settings settings_;
    const Pause &pause_;
    Warn warn_;
    Statements statements_;
    std::optional<Connection> connection_;

    std::deque<std::unique_ptr<Job>> jobs_; // oldest first
    std::deque<Request> waiting_;           // to be sent
    std::deque<Request> sent_;              // answers come in this order
    std::size_t events_in_jobs_ = 0;
    bool doubtful_ = false; // an error came that may doom all: look again before sending more
};

} // namespace backfill
