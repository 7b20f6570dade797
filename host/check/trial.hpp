// The part of the check that runs the plugin: it is loaded, created and destroyed as the host would do it, in a process
// of its own, with values for its options that are usual and values that are at their bounds. run() does the command's
// real work, and is called only if the user asks for it. docs/decisions/what-check-runs.md says why.
#pragma once

#include "child.hpp"
#include "finding.hpp"
#include "manifest.hpp"
#include "settings.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace host::check {

struct Trial {
    std::string name; // for messages: "with the lowest values"
    Settings settings;
    bool with_run = false;
};

Findings try_out(const std::filesystem::path &file, const Manifest &manifest, const Trial &trial,
                 std::chrono::milliseconds limit);

} // namespace host::check
