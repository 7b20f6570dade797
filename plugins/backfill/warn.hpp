#pragma once

#include <functional>
#include <string>

namespace backfill {

// Tells the user of trouble that is being dealt with.
using Warn = std::function<void(const std::string &)>;

} // namespace backfill
