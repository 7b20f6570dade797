// One connection to the vector store, with several requests on their way.
//
// A round trip is never waited for while there is work: requests go out in libpq's pipeline mode, one transaction each,
// and their answers come back in the same order. Nothing here blocks but connecting and asking.
//
// A transaction-mode pooler gives itself away by the server's process being another one than the greeting named. Only where
// the session is ours alone are statements prepared, each by the first request that needs it, which spares the server
// planning them again and again; and only there do commits not wait for the disk, which is asked for later on: a pooler may
// keep our connection over a crash of the server, and nobody would tell us that what was committed before it is gone.
//
// Every transaction begins with the settings that hold for it, and takes nothing from the session. That is spared where
// the server knows the session by both its ends as we do, so that no pooler stands between: whoever writes has them set once
// for it. (A dry run's transactions are each made read-only.) The settings return a watchword, for a pooler may hand on a session
// that has more to say to somebody else: each of its answers would be taken for ours, and ours for that to the next request.
// They return the process too, which is to stay the same in a session of our own: a pooler that passes on what the server
// said at the beginning may be taken for none at first.
#pragma once

#include "postgres.hpp"
#include "request.hpp"
#include "server_settings.hpp"
#include "statements.hpp"
#include "timeouts.hpp"
#include "unflushed.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace backfill {

struct Answer {
    Request request;
    Rows rows;
    std::optional<ServerError> error;
    std::chrono::microseconds duration; // that the server took, as far as it can be seen from here
};

class Lane {
public:
    using Clock = std::chrono::steady_clock;

    Lane(const std::string &conninfo, const Statements &statements, const Timeouts &timeouts, bool read_only);

    void connect(); // throws StoreError
    bool is_up() const { return connection_ && connection_->alive(); }
    bool is_broken() const { return connection_ && !connection_->alive(); } // to be hung up
    bool is_down() const { return !connection_; }
    Connection &connection() { return *connection_; } // to ask over, when nothing is on its way
    // Sets for the session what each transaction would have to set. Its reply is to be shown to session_is_set().
    Transaction session_settings() const;
    void session_is_set(const Reply &reply);

    // Gives the request back if the connection is lost.
    std::optional<Request> send(Request request);
    // The next complete answer, if it is here.
    std::optional<Answer> receive();
    // Gives up the connection and returns what was on its way, in order.
    std::deque<Request> hang_up();
    std::string last_error() const { return connection_->connection_error().message; }

    bool idle() const { return sent_.empty(); }
    std::size_t events_on_their_way() const { return events_; }
    std::size_t requests_on_their_way() const { return sent_.size(); }
    struct Load {
        std::size_t requests = 0, events = 0;
    };
    Load load(bool of_updates) const; // of what is on its way: updates, or looks
    // The shortest that there was on this connection.
    Clock::duration round_trip() const { return std::min(round_trip_, connection_->round_trip()); }
    int socket() const { return PQsocket(connection_->handle()); }
    // Something may have been sent that the socket did not take yet. If so, nothing more should be: libpq moves all that it
    // keeps each time that the socket takes a part. Once the socket takes more, flush_output() is to be called.
    bool output_may_wait() const { return output_may_wait_; }
    void flush_output();
    void read_input();

    // When the server will have been silent for so long, with something to answer, that the link must be dead.
    std::optional<Clock::time_point> deadline() const;

    bool commits_wait() const { return !connection_->is_ours_alone(); } // for the disk
    Unflushed unflushed;                                                // rows that were written by answered requests
    std::size_t flushed_behind = 0; // how many batches there were when a flush was sent right behind the last updates
    int failures = 0;               // connections lost, or not made, since the last answer
    Clock::time_point retry_at = {};
    bool given_up = false;

private:
    const Statement &statement_of(const Request &request) const;
    bool send_request(const Request &request);
    bool send(const Statement &statement, const std::vector<Parameter> &parameters);
    bool is_sent_whole(const Statement &statement) const;
    std::chrono::microseconds duration_of(Clock::time_point sent, Clock::time_point now) const;

    const std::string &conninfo_;
    const Statements &statements_;
    const Timeouts &timeouts_;
    ServerSettings settings_;
    std::optional<Connection> connection_;
    std::string ends_; // of the session
    std::string watchword_;
    std::size_t watchwords_ = 0; // that were sent with it
    bool session_is_set_ = false;
    Clock::duration round_trip_ = Clock::duration::max(); // the shortest of requests
    std::set<const Statement *> prepared_;                // at least on its way, for what is sent next
    std::set<const Statement *> unusable_;                // of them: sent whole from then on
    bool output_may_wait_ = false;

    struct Sent {
        Request request;
        Clock::time_point at;
        bool whole;
        std::string opening; // of the answer to its settings; "" if it has none
    };
    std::deque<Sent> sent_;
    std::size_t events_ = 0; // in sent_
    Clock::time_point last_heard_;
    Clock::time_point last_answer_;
};

} // namespace backfill
