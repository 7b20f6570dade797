// Reads from a plugin's file, without running any of it, what the plugin is: its ABI version, its manifest, and whether
// it has the entry. The file may be anything: truncated, hostile, a directory. Sizes in it are believed only after they
// were compared with the file's own.
#pragma once

#include "manifest.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace host {

struct Abi {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
};

// All that could be learned before something was found that rules the file out.
struct PluginFile {
    std::optional<Abi> abi = {};
    std::optional<Manifest> manifest = {};
    std::optional<Refusal> refusal = {}; // nullopt: can be used
};

// `command` is the file's name without ".so": the manifest must be for it.
PluginFile read_plugin_file(const std::filesystem::path &file, const std::string &command);

} // namespace host
