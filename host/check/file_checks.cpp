#include "file_checks.hpp"

#include "elf_library.hpp"
#include "escape.hpp"
#include "trust.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <unistd.h>

namespace host::check {
namespace {

namespace fs = std::filesystem;

constexpr const char *why_help =
    "Help, completion and the manual page are all that most users ever read of the command.";

Finding warning(const std::string &id, const std::string &what, const std::string &why, const std::string &mend) {
    return {Severity::warning, id, what, why, mend};
}

bool has_control_characters(const std::string &text) {
    return escape(text) != text;
}

bool is_sentence(const std::string &text) {
    return !text.empty() && std::string_view(".!?").find(text.back()) != std::string_view::npos;
}

void judge_summary(const Manifest &manifest, Findings &findings) {
    constexpr std::size_t longest = 72;
    if (is_sentence(manifest.summary))
        findings.push_back(warning("summary", fmt::format("the summary ends with '{}'", manifest.summary.back()),
                                   "It stands in a list, where the other commands have none.", "leave it out"));
    if (character_count(manifest.summary) > longest)
        findings.push_back(warning("summary",
                                   fmt::format("the summary has {} characters", character_count(manifest.summary)),
                                   "It is to be one line of a list.",
                                   fmt::format("keep it to {}, and put the rest into \"description\"", longest)));
}

void judge_option(const Option &option, Findings &findings) {
    if (!is_sentence(option.help))
        findings.push_back(warning("help",
                                   fmt::format("the help of --{} is no sentence: '{}'", option.name, option.help),
                                   "The host puts facts such as the default behind it.", "end it with a full stop"));
    if (has_control_characters(option.help))
        findings.push_back(warning("help", fmt::format("the help of --{} has control characters", option.name),
                                   "They are shown as \\xNN. Lines are broken where the terminal needs it.",
                                   "leave them out"));
}

void judge_environment(const Manifest &manifest, Findings &findings) {
    std::map<std::string, std::string> first;
    for (const Option &option : manifest.options) {
        if (option.environment.empty()) continue;
        const auto [earlier, is_first] = first.emplace(option.environment, option.name);
        if (!is_first)
            findings.push_back(
                warning("environment",
                        fmt::format("--{} and --{} both read {}", earlier->second, option.name, option.environment),
                        "Who sets it for one sets it for both.", "give each option a variable of its own"));
    }
}

} // namespace

Findings reasons_to_refuse(const fs::path &file, const PluginFile &plugin) {
    Findings findings;
    if (const auto refusal = judge_trust(fs::absolute(file), ::geteuid()))
        findings.push_back({Severity::error, "trust", refusal->reason,
                            "Whoever can write it decides what runs with your rights: pcasctl refuses it there.",
                            "do what the message says, or check a copy in a directory of your own"});
    if (plugin.refusal) {
        // Most reasons begin with a verb, but "its manifest ..." and "'help' is ..." say themselves what they are about.
        const std::string &reason = plugin.refusal->reason;
        const bool is_sentence = reason.rfind("its ", 0) == 0 || reason.rfind('\'', 0) == 0;
        findings.push_back({Severity::error, "file", is_sentence ? reason : "it " + reason,
                            "pcasctl refuses such a file.",
                            "do what the message says; the rules stand in <pcasctl/plugin.h>"});
    }
    return findings;
}

Findings judge_manifest(const Manifest &manifest) {
    Findings findings;
    judge_summary(manifest, findings);
    if (manifest.description.empty())
        findings.push_back(warning("description", "there is no \"description\"", why_help,
                                   "say in a paragraph or two what the command does"));
    for (const Option &option : manifest.options) judge_option(option, findings);
    judge_environment(manifest, findings);
    for (const std::string &member : manifest.unknown_members)
        findings.push_back(
            warning("manifest", fmt::format("pcasctl {} does not know {} in the manifest", PCASCTL_VERSION, member),
                    "It is ignored: right for what a later pcasctl will know, wrong for a slip of the pen.",
                    "compare it with the list in <pcasctl/plugin.h>"));
    return findings;
}

Findings judge_exports(const fs::path &file) {
    const auto library = ElfLibrary::open(file);
    std::vector<std::string> others;
    if (const auto *opened = std::get_if<ElfLibrary>(&library)) others = opened->exported_names();
    others.erase(std::remove(others.begin(), others.end(), PCASCTL_ENTRY_SYMBOL), others.end());
    if (others.empty()) return {};
    constexpr std::size_t enough = 3;
    const std::size_t shown = std::min(others.size(), enough);
    return {{Severity::error, "exports",
             fmt::format("it exports {} besides its entry: {}{}",
                         others.size() == 1 ? "a symbol" : fmt::format("{} symbols", others.size()),
                         fmt::join(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                         others.size() > shown ? ", ..." : ""),
             "Another library in the process may have one of the same name, and then one of them is used for both.",
             "link with what 'pkg-config --libs pcasctl-sdk' says, or with pcasctl_add_plugin() of the CMake package"}};
}

} // namespace host::check
