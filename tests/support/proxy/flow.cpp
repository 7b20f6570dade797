#include "flow.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace {

constexpr std::size_t most_kept = std::size_t{16} << 20; // fills 100 ms of a link with 160 MB/s
constexpr std::size_t largest_piece = std::size_t{64} << 10;

} // namespace

Flow::Flow(int from, int to, Link &link, Lane &lane)
    : from_(from), to_(to), link_(link), lane_(lane), buffer_(largest_piece) {}

// On a slow link a piece is what passes in a hundredth of a second, so that the bytes trickle.
std::size_t Flow::piece_size() const {
    if (link_.rate <= 0) return buffer_.size();
    return std::clamp<std::size_t>(static_cast<std::size_t>(link_.rate / 100), 1, buffer_.size());
}

bool Flow::failed() {
    broken_ = errno != EAGAIN && errno != EINTR;
    return false;
}

bool Flow::take() {
    if (!readable_ || taken_all_ || link_.stalled || kept_ >= most_kept) return false;
    const ssize_t count = ::recv(from_, buffer_.data(), piece_size(), 0);
    if (count < 0) {
        readable_ = errno == EINTR;
        return failed();
    }
    taken_all_ = count == 0;
    insert({buffer_.data(), static_cast<std::size_t>(count)});
    return true;
}

void Flow::insert(std::string bytes) {
    kept_ += bytes.size();
    const Clock::time_point arrival = lane_.arrival(link_, bytes.size());
    pieces_.push_back({arrival, std::move(bytes)});
}

bool Flow::hand_on() {
    if (!writable_ || pieces_.empty() || link_.stalled || Clock::now() < pieces_.front().arrival) return false;
    const std::string &bytes = pieces_.front().bytes;
    if (bytes.empty()) {
        ended_ = true;
        pieces_.pop_front();
        ::shutdown(to_, SHUT_WR);
        return true;
    }
    const std::size_t admitted = link_.admitted(bytes.size() - handed_on_);
    if (admitted == 0) return false;
    const ssize_t count = ::send(to_, bytes.data() + handed_on_, admitted, MSG_NOSIGNAL);
    if (count < 0) {
        writable_ = errno == EINTR;
        return failed();
    }
    const auto sent = static_cast<std::size_t>(count);
    link_.pass(sent);
    handed_on_ += sent;
    kept_ -= sent;
    if (handed_on_ == bytes.size()) {
        pieces_.pop_front();
        handed_on_ = 0;
    }
    return true;
}

std::optional<Clock::time_point> Flow::next_arrival() const {
    if (!writable_ || pieces_.empty() || link_.stalled) return std::nullopt;
    return pieces_.front().arrival;
}
