// Versions of pcasctl, to be compared: "1.2.3", where what is left out at the end counts as 0.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace host {

using Version = std::array<int, 3>;

// nullopt if it is none.
std::optional<Version> parse_version(std::string_view text);

} // namespace host
