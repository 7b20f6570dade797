#include "link.hpp"

#include <algorithm>

void Link::set_delay(double milliseconds) {
    delay = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(milliseconds));
}

std::size_t Link::admitted(std::size_t bytes) const {
    if (stalled || cut) return 0;
    return trap ? static_cast<std::size_t>(std::min<std::uint64_t>(bytes, trap->at - passed)) : bytes;
}

void Link::pass(std::size_t bytes) {
    passed += bytes;
    if (!trap || passed < trap->at) return;
    (trap->event == Event::cut ? cut : stalled) = true;
    trap.reset();
}

Clock::time_point Lane::arrival(const Link &link, std::size_t bytes) {
    const auto now = Clock::now();
    if (link.rate <= 0) return now + link.delay;
    const std::chrono::duration<double> on_the_way(static_cast<double>(bytes) / link.rate);
    free_at_ = std::max(free_at_, now) + std::chrono::duration_cast<Clock::duration>(on_the_way);
    return free_at_ + link.delay;
}
