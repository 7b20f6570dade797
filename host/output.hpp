// The result on stdout. Written with write(2), whole and at once, so that a failure is seen when it happens and is not
// lost in a buffer.
#pragma once

#include <mutex>
#include <string_view>

namespace host {

class Output {
public:
    // false if stdout does not take the bytes, now or before.
    bool write(std::string_view bytes);

    // The errno of the first failure; 0: none.
    int failure() const;

private:
    mutable std::mutex mutex_;
    int failure_ = 0;
};

} // namespace host
