#include "output.hpp"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace host {
namespace {

// A pipe that somebody else made non-blocking is full for the moment only.
void wait_until_writable(int descriptor) {
    pollfd file{descriptor, POLLOUT, 0};
    ::poll(&file, 1, -1);
}

// 0, or the errno.
int write_whole(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            wait_until_writable(descriptor);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

} // namespace

bool Output::write(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (failure_ != 0 || bytes.empty()) return failure_ == 0;
    const auto write = [&] { failure_ = write_whole(descriptor_, bytes); };
    if (is_shown_)
        line_.make_way(write, bytes.back() == '\n');
    else
        write();
    return failure_ == 0;
}

int Output::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

} // namespace host
