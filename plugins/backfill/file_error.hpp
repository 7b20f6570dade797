// What ends a run because a file that it keeps or follows (--checkpoint, --report, --only-ids) cannot be used: what()
// is one message for the user, saying what to do next.
#pragma once

#include <stdexcept>

namespace backfill {

class FileError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace backfill
