// Requests that are to be sent, in order.
//
// A transaction costs a server the same for one row as for many. So what is small is not sent at once but filled: a look
// with rows of the next batches, up to a fixed number; an update, such as one of the few stale rows that looks find, up
// to as many as the user wants to have committed at a time. Neither is filled any more once it holds a few megabytes, and
// rows that lie together in the table stay by themselves. To ask where batches lie goes before all else, since what they
// begin with waits for the answer while others are on their way.
#pragma once

#include "request.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace backfill {

class RequestQueue {
public:
    using Clock = std::chrono::steady_clock;

    // No update has more rows than `batch_size`.
    explicit RequestQueue(std::size_t batch_size) : batch_size_(batch_size) {}

    bool holds_back(const Job &job) const;       // any row, to be filled with those of others
    bool has_ready(Clock::time_point now) const; // one that take() hands out in any case
    // When the next one is due of those that wait for a moment. The end of time if none does.
    Clock::time_point next_due(Clock::time_point now) const;

    // Behind all others, unless it goes to fill one or others wait for it: a question where batches lie, or a look at rows that
    // were missed, which mostly are of the oldest batch. Without rows there is nothing to do.
    void add(Request request);
    // Before all others, and without ever being filled: it could not be sent, or something has come of it.
    void put_back(Request request);
    // Cut in two, likewise.
    void put_back_split(const Request &request);
    // Cut in two, and behind all others.
    void put_last_split(const Request &request);

    // The first request that is due by `now` and full; with `even_if_small`, the first that is due. Its rows are in the
    // order of their ids, or of their batches if they lie together there, and at most `most_to_write` if it is an update:
    // the rest stays. A look at rows that lie together has them all.
    std::optional<Request> take(Clock::time_point now, bool even_if_small, std::size_t most_to_write);

private:
    using Halves = std::pair<Request, Request>;

    static Halves halves(const Request &request);
    std::size_t capacity(Step step) const;
    bool may_be_filled(const Request &request) const;
    bool is_ready(const Request &request, Clock::time_point now, bool even_if_small) const;
    void cut(Request &request, std::size_t most);

    std::deque<Request> requests_;
    std::size_t batch_size_;
};

} // namespace backfill
