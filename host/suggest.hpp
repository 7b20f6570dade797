// The nearest name to a mistyped one, for "did you mean ...?".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host {

// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, replacements and swaps of neighbours,
// each counting 1.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The first of the nearest names, if it is near enough that it was probably meant; or else the first that begins with
// what was typed.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string> &names);

// "; did you mean <prefix><name>?", or "" if no name is near.
std::string did_you_mean(std::string_view typed, const std::vector<std::string> &names, std::string_view prefix = "");

} // namespace host
