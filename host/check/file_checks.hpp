// The part of the check that only reads the plugin's file.
#pragma once

#include "finding.hpp"
#include "plugin_file.hpp"

#include <filesystem>

namespace host::check {

// Why the host would not even load it: nothing of it may be run then.
Findings reasons_to_refuse(const std::filesystem::path &file, const PluginFile &plugin);

// What can be seen of a plugin that the host takes: its manifest, its exports, what it needs from other libraries.
Findings judge_manifest(const Manifest &manifest);
Findings judge_exports(const std::filesystem::path &file);
Findings judge_references(const std::filesystem::path &file);

} // namespace host::check
