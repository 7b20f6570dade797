#include "lanes.hpp"

#include "back_off.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <utility>

namespace backfill {

Lanes::Lanes(Settings settings, const Statements &statements, const Stop &stop, Warn warn, Greet greet,
             TakeBack take_back)
    : settings_(std::move(settings)), statements_(statements), stop_(stop), warn_(std::move(warn)),
      greet_(std::move(greet)), take_back_(std::move(take_back)), most_(settings_.most) {}

Lane &Lanes::add() {
    lanes_.push_back(std::make_unique<Lane>(settings_.conninfo, statements_, settings_.timeouts, settings_.read_only));
    return *lanes_.back();
}

void Lanes::connect(Lane &lane) {
    lane.connect();
    greet_(lane);
}

void Lanes::try_to_connect(Lane &lane) {
    try {
        connect(lane);
    } catch (const StoreError &error) {
        if (lane.is_up()) throw; // what is wrong is not the connection
        lost(lane, error.what());
    }
}

void Lanes::open_first() {
    Lane &lane = add();
    for (bool is_there = false;;) {
        const auto begun = Clock::now();
        try {
            return connect(lane);
        } catch (const StoreError &error) {
            if (lane.is_up()) throw; // what is wrong is not the connection
            if (stop_.requested() || settings_.retries == 0) throw;
            const bool has_answered = Clock::now() - begun < settings_.timeouts.connect;
            is_there = is_there || (has_answered && (lane.is_broken() || may_take_us_later(error)));
            if (!is_there) throw;
            if (++lane.failures > settings_.retries) give_up(lane, error.what());
            warn_(fmt::format("cannot connect to PostgreSQL yet, trying again: {}", error.what()));
        }
        lane.hang_up();
        stop_.wait(back_off(lane.failures));
        if (stop_.requested()) throw StoreError("there is no connection to PostgreSQL yet");
    }
}

bool Lanes::may_take_us_later(const StoreError &error) const {
    return dynamic_cast<const NoConnection *>(&error) != nullptr
           && refuses_for_now(settings_.conninfo, settings_.timeouts.connect);
}

Lane *Lanes::open_another() {
    if (lanes_.size() >= most_) return nullptr;
    Lane &added = add();
    try_to_connect(added);
    return added.is_up() ? &added : nullptr;
}

void Lanes::connect_again() {
    std::erase_if(lanes_, [](const auto &lane) { return lane->given_up; });
    for (const auto &lane : lanes_)
        if (lane->is_down() && lane->retry_at <= Clock::now()) try_to_connect(*lane);
}

bool Lanes::any_busy() const {
    return std::any_of(lanes_.begin(), lanes_.end(), [](const auto &lane) { return lane->is_up() && !lane->idle(); });
}

Lanes::Clock::duration Lanes::round_trip() const {
    auto shortest = Clock::duration::max();
    for (const auto &lane : lanes_)
        if (lane->is_up()) shortest = std::min(shortest, lane->round_trip());
    return shortest;
}

Lane *Lanes::least_busy() const {
    return least_busy_of([](const Lane &) { return true; });
}

Lane *Lanes::least_busy_that_takes_more() const {
    return least_busy_of([](const Lane &lane) { return !lane.output_may_wait(); });
}

Lane *Lanes::least_busy_of(const auto &that) const {
    Lane *best = nullptr;
    for (const auto &lane : lanes_) {
        const bool less_busy = best == nullptr || lane->events_on_their_way() < best->events_on_their_way();
        if (lane->is_up() && less_busy && that(*lane)) best = lane.get();
    }
    return best;
}

Lanes::Clock::time_point Lanes::next_attempt() const {
    auto next = Clock::time_point::max();
    for (const auto &lane : lanes_)
        if (!lane->is_up()) next = std::min(next, lane->retry_at);
    return next;
}

void Lanes::wait(Clock::time_point wake) {
    std::vector<pollfd> sockets;
    std::vector<Lane *> up;
    const bool stopping = stop_.requested();
    for (const auto &lane : lanes_) {
        if (!lane->is_up()) continue;
        wake = std::min(wake, lane->deadline().value_or(wake));
        sockets.push_back({lane->socket(), static_cast<short>(POLLIN | (lane->output_may_wait() ? POLLOUT : 0)), 0});
        up.push_back(lane.get());
    }
    if (!stopping) sockets.push_back({stop_.descriptor, POLLIN, 0});

    int timeout = -1;
    if (wake != Clock::time_point::max())
        timeout = static_cast<int>(
            std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(wake - Clock::now()).count(), 0));
    if (::poll(sockets.data(), sockets.size(), timeout) < 0 && errno != EINTR)
        throw StoreError(fmt::format("cannot wait for PostgreSQL: {}", std::strerror(errno)));
    for (std::size_t at = 0; at < up.size(); ++at) {
        if ((sockets[at].revents & POLLOUT) != 0) up[at]->flush_output();
        if ((sockets[at].revents & ~POLLOUT) != 0) up[at]->read_input();
    }
}

void Lanes::lost(Lane &lane, const std::string &reason, std::optional<Request> answered) {
    const bool was_made = !lane.is_down();
    LostWork work{lane.unflushed.take_all(), lane.hang_up(), reason, {}};
    if (answered) work.requests.push_front(std::move(*answered));
    ++lane.failures;
    lane.retry_at = Clock::now() + back_off(lane.failures);
    work.again_at = lane.retry_at;
    take_back_(std::move(work));

    const bool alone = std::none_of(lanes_.begin(), lanes_.end(), [](const auto &other) { return other->is_up(); });
    if (alone && stop_.requested())
        throw StoreError((was_made ? "lost the connection to PostgreSQL: " : "cannot connect to PostgreSQL: ")
                         + reason);
    if (lane.failures > settings_.retries) return give_up(lane, reason);
    warn_((was_made ? "lost the connection to PostgreSQL, connecting again: "
                    : "cannot connect to PostgreSQL yet, trying again: ")
          + reason);
}

void Lanes::give_up(Lane &lane, const std::string &reason) {
    lane.given_up = true;
    most_ = static_cast<std::size_t>(
        std::count_if(lanes_.begin(), lanes_.end(), [](const auto &other) { return !other->given_up; }));
    if (most_ == 0) throw StoreError(gave_up_after(settings_.retries) + " to connect again (--retries): " + reason);
    warn_(fmt::format("going on with {} connection{} to PostgreSQL: {}", most_, most_ == 1 ? "" : "s", reason));
}

} // namespace backfill
