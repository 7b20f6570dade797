// What ends a run because the event source cannot be read: what() is one message for the user, saying what to do next.
#pragma once

#include <stdexcept>

namespace backfill {

class SourceError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace backfill
