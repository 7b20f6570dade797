#include "stop.hpp"

#include <poll.h>

namespace backfill {

void Stop::wait(std::chrono::milliseconds duration) const {
    pollfd asked{descriptor, POLLIN, 0};
    ::poll(&asked, 1, static_cast<int>(duration.count()));
}

} // namespace backfill
