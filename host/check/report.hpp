// What `pcasctl plugins check` says.
#pragma once

#include "finding.hpp"
#include "plugin_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace host::check {

struct Report {
    std::filesystem::path file;
    PluginFile plugin;
    Findings findings;
    std::vector<std::string> executed = {}; // what was run of the plugin, in words; empty: nothing
};

std::size_t errors_in(const Report &report);
std::string report_text(const Report &report, int columns);
std::string report_json(const Report &report);

} // namespace host::check
