// What is wrong with a plugin, for its author: what was seen, why it matters, and how to mend it.
#pragma once

#include <string>
#include <vector>

namespace host::check {

enum class Severity {
    warning, // works, but users are served worse than they could be
    error,   // a rule of <pcasctl/plugin.h> is broken
};

struct Finding {
    Severity severity;
    std::string id; // for scripts, never changes: "exports"
    std::string what;
    std::string why;
    std::string mend;
};

using Findings = std::vector<Finding>;

} // namespace host::check
