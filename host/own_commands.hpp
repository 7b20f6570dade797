// The host's own commands, described as plugins describe theirs, so that parsing and help treat them alike.
#pragma once

#include "manifest.hpp"

#include <vector>

namespace host {

std::vector<Manifest> own_commands();

} // namespace host
