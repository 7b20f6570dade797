// With which values of its options a plugin is tried out.
#pragma once

#include "trial.hpp"

#include <vector>

namespace host::check {

// `words` are a command line that the user gave for the command; empty: its defaults, and something for what it
// requires. Throws Error if the words are wrong usage.
std::vector<Trial> trials_for(const Manifest &manifest, const std::vector<std::string> &words, bool with_run);

} // namespace host::check
