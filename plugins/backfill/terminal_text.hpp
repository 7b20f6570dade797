// Text from elsewhere as the summary shows it to people: nothing in it acts on the terminal or begins a line of its own.
// (Of what goes into the log the host sees to that.)
#pragma once

#include <string>
#include <string_view>

namespace backfill {

// In quotes, spelled as JSON spells it. What is not UTF-8 is replaced.
std::string quoted(const std::string &text);

// JSON text in one line, spelled so that it means the same: JSON lets a few control characters stand as they are.
std::string shown_json(std::string_view json);

} // namespace backfill
