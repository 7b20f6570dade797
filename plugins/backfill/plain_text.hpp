// The texts that nearly all events are made of: ASCII without control characters (but DEL), quotation marks and
// backslashes. They are valid UTF-8 and stand in JSON as they are, so that they need not be looked into byte by byte.
#pragma once

#include <string_view>

namespace backfill {

bool is_plain(std::string_view text);

} // namespace backfill
