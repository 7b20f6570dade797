#include "plugin_file.hpp"

#include "elf_library.hpp"
#include "version.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>

#include <cstring>

namespace host {
namespace {

constexpr std::size_t longest_manifest = std::size_t{1} << 20;
constexpr std::size_t version_words = 2 * sizeof(std::uint32_t);

// The descriptor of a note: the ABI version in two words, then the manifest's JSON with its NUL.
std::optional<Abi> abi_of(const ElfNote &note) {
    Abi abi;
    if (note.content.size() <= version_words) return std::nullopt;
    std::memcpy(&abi.major, note.content.data(), sizeof abi.major);
    std::memcpy(&abi.minor, note.content.data() + sizeof abi.major, sizeof abi.minor);
    if (abi.major != note.type) return std::nullopt;
    return abi;
}

Refusal other_abi(const Abi &abi) {
    const std::string build = fmt::format("a build of the plugin for ABI {}", PCASCTL_ABI_MAJOR);
    const bool newer = abi.major > PCASCTL_ABI_MAJOR;
    return {fmt::format("needs ABI {}.{}, this pcasctl {} offers {}.{}: install {}", abi.major, abi.minor,
                        PCASCTL_VERSION, PCASCTL_ABI_MAJOR, PCASCTL_ABI_MINOR,
                        newer ? "a newer pcasctl, or " + build : build)};
}

const ElfNote *note_for_this_host(const std::vector<ElfNote> &notes) {
    for (const ElfNote &note : notes)
        if (note.type == PCASCTL_ABI_MAJOR) return &note;
    return nullptr;
}

std::variant<std::string_view, Refusal> json_in(const ElfNote &note) {
    std::string_view json = std::string_view(note.content).substr(version_words);
    if (json.size() > longest_manifest) return Refusal{"holds a manifest of more than 1 MiB"};
    json = json.substr(0, json.find('\0'));
    if (json.size() + 1 + version_words != note.content.size()) return Refusal{"holds a manifest that is cut off"};
    return json;
}

std::optional<Refusal> read_notes(const ElfLibrary &library, PluginFile &plugin) {
    const auto read = library.notes(PCASCTL_NOTE_NAME);
    if (const auto *refusal = std::get_if<Refusal>(&read)) return *refusal;
    const auto &notes = std::get<std::vector<ElfNote>>(read);
    if (notes.empty()) return Refusal{"is no pcasctl plugin: it holds no manifest (PCASCTL_MANIFEST)"};

    const ElfNote *note = note_for_this_host(notes);
    plugin.abi = abi_of(note != nullptr ? *note : notes.front());
    if (!plugin.abi) return Refusal{"holds a damaged manifest: the note names no ABI version"};
    if (note == nullptr) return other_abi(*plugin.abi);

    const auto json = json_in(*note);
    if (const auto *refusal = std::get_if<Refusal>(&json)) return *refusal;
    auto manifest = parse_manifest(std::get<std::string_view>(json));
    if (const auto *refusal = std::get_if<Refusal>(&manifest)) return *refusal;
    plugin.manifest = std::get<Manifest>(std::move(manifest));
    return std::nullopt;
}

// The ABI says what can be called; this says what the plugin's author has tried.
std::optional<Refusal> host_too_old(const Manifest &manifest) {
    if (manifest.oldest_host.empty() || *parse_version(PCASCTL_VERSION) >= *parse_version(manifest.oldest_host))
        return std::nullopt;
    return Refusal{fmt::format("needs pcasctl {} or newer, this is pcasctl {}: install a newer pcasctl",
                               manifest.oldest_host, PCASCTL_VERSION)};
}

std::optional<Refusal> judge(const std::filesystem::path &file, const std::string &command, PluginFile &plugin) {
    if (is_reserved_command(command))
        return Refusal{fmt::format("'{}' is a name that pcasctl keeps for itself: rename the command", command)};
    const auto opened = ElfLibrary::open(file);
    if (const auto *refusal = std::get_if<Refusal>(&opened)) return *refusal;
    const auto &library = std::get<ElfLibrary>(opened);
    if (auto refusal = read_notes(library, plugin)) return refusal;
    if (auto refusal = host_too_old(*plugin.manifest)) return refusal;
    if (plugin.manifest->command != command)
        return Refusal{fmt::format("holds the command '{0}': rename it to {0}.so", plugin.manifest->command)};
    if (!library.exports(PCASCTL_ENTRY_SYMBOL))
        return Refusal{
            fmt::format("has a manifest, but does not export the entry {} (PCASCTL_ENTRY)", PCASCTL_ENTRY_SYMBOL)};
    return std::nullopt;
}

} // namespace

PluginFile read_plugin_file(const std::filesystem::path &file, const std::string &command) {
    PluginFile plugin;
    plugin.refusal = judge(file, command, plugin);
    return plugin;
}

} // namespace host
