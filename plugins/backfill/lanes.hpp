// The connections to the vector store. Another one is opened when there is work for it. One that is lost is opened again
// after a growing pause, and given up after so many attempts in a row: the others carry on without it, as long as there
// are any.
#pragma once

#include "lane.hpp"
#include "request.hpp"
#include "statements.hpp"
#include "stop.hpp"
#include "warn.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

// What was left when a connection was lost.
struct LostWork {
    std::vector<Row> unflushed;   // written, but perhaps not durable
    std::deque<Request> requests; // without an answer, in order: the first is what the server was at
    std::string reason;
    Lane::Clock::time_point again_at; // when the connection will be tried again
};

class Lanes {
public:
    using Clock = Lane::Clock;

    struct Settings {
        std::string conninfo;
        Timeouts timeouts;
        bool read_only;
        std::size_t most; // connections at a time
        int retries;      // in a row, to connect again
    };
    // What is to be done first on each new connection. Throws StoreError.
    using Greet = std::function<void(Lane &)>;
    using TakeBack = std::function<void(LostWork)>;

    // Borrows `statements` and `stop`.
    Lanes(Settings settings, const Statements &statements, const Stop &stop, Warn warn, Greet greet,
          TakeBack take_back);

    // Throws StoreError if that fails. Who cannot be reached at all may as well be the wrong server, so that is told at
    // once. One that is starting or has no connection left, or hung up after it had answered, is tried again as if the
    // connection had been lost.
    void open_first();
    // The new one; null if there may be no more of them, or it could not be opened now. Throws StoreError if it was
    // opened and greeting it failed; so does all that connects again.
    Lane *open_another();
    // Those that are due.
    void connect_again();

    std::size_t size() const { return lanes_.size(); }
    std::size_t most() const { return most_; } // that there will be, without those that were given up
    bool any_busy() const;
    Clock::duration round_trip() const; // the shortest that there was, on any that is up
    // Of those that are up. What a socket does not take yet stays with libpq, which would move all that it keeps each
    // time that the socket takes a part; so there is the choice of those with nothing of the kind. Null if there is none.
    Lane *least_busy() const;
    Lane *least_busy_that_takes_more() const;

    // When one is due to be tried again; the end of time if none is.
    Clock::time_point next_attempt() const;
    // Waits until a server has said something or takes more of what we have to say, or the user wants to stop; at the
    // latest until `wake`. What a server said has been taken in then, and stands in its lane.
    void wait(Clock::time_point wake);

    // Hangs up, and gives what was under way to TakeBack. `answered`: a request that the server answered by hanging up.
    // Throws StoreError if there is no connection left that may be tried again.
    void lost(Lane &lane, const std::string &reason, std::optional<Request> answered = std::nullopt);

    auto begin() const { return lanes_.begin(); }
    auto end() const { return lanes_.end(); }

private:
    Lane &add();
    void connect(Lane &lane);
    void try_to_connect(Lane &lane);
    bool may_take_us_later(const StoreError &error) const;
    Lane *least_busy_of(const auto &that) const;
    void give_up(Lane &lane, const std::string &reason);

    Settings settings_;
    const Statements &statements_;
    const Stop &stop_;
    Warn warn_;
    Greet greet_;
    TakeBack take_back_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::size_t most_;
};

} // namespace backfill
