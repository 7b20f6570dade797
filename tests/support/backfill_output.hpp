// The numbers that a run of `pcasctl backfill` has told its user: in its summary, and until that in its lines of
// progress.
#pragma once

#include "process.hpp"

#include <string>

namespace support {

// The number behind a label of the summary, -1 if it is not there.
int summary(const Result &said, const std::string &label);
// How many updates it has told of: by the summary, or else by its last line of progress.
int reported(const Result &said);

} // namespace support
