// A file descriptor that closes itself, and the calls on it that go on after a signal.
#pragma once

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string_view>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace backfill {

class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

    // As read(2).
    ssize_t read(char *buffer, std::size_t size) const {
        for (;;) {
            const ssize_t count = ::read(number_, buffer, size);
            if (count >= 0 || errno != EINTR) return count;
        }
    }

    // All of it; false, and errno, if that is not possible.
    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::write(number_, bytes.data(), bytes.size());
            if (count < 0 && errno != EINTR) return false;
            if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

private:
    int number_;
};

} // namespace backfill
