#include "catalog.hpp"

#include "error.hpp"
#include "escape.hpp"
#include "suggest.hpp"

#include <pcasctl/plugin.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace host {
namespace {

std::size_t word_count(const std::string &name) {
    return static_cast<std::size_t>(std::count(name.begin(), name.end(), ' ')) + 1;
}

std::string name_of(const std::vector<std::string> &words, std::size_t count) {
    return fmt::format("{}", fmt::join(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count), " "));
}

bool begins_with(const std::vector<std::string> &words, const OwnCommand &own) {
    const std::string &name = own.manifest.command;
    const std::size_t count = word_count(name);
    return count <= words.size() && name_of(words, count) == name;
}

std::vector<CommandSummary> commands_below(const std::string &name, const std::vector<OwnCommand> &own) {
    std::vector<CommandSummary> below;
    for (const OwnCommand &command : own)
        if (command.manifest.command.rfind(name + " ", 0) == 0)
            below.push_back({command.manifest.command, command.manifest.summary});
    return below;
}

bool takes_words(const Manifest &manifest) {
    return std::any_of(manifest.options.begin(), manifest.options.end(),
                       [](const Option &option) { return option.positional; });
}

bool is_word(const std::string &text) {
    return !text.empty() && text.front() != '-';
}

} // namespace

Command Catalog::at_the_start_of(const std::vector<std::string> &words) const {
    const OwnCommand *own = longest_own(words);
    if (own == nullptr) return plugin(words.front());
    const Manifest &manifest = own->manifest;
    Command command{manifest.command, manifest, word_count(manifest.command), commands_below(manifest.command, own_),
                    own};
    const bool has_next = command.words < words.size() && is_word(words[command.words]);
    if (has_next && !command.below.empty() && !takes_words(manifest)) unknown(name_of(words, command.words + 1));
    return command;
}

Command Catalog::named(const std::vector<std::string> &words) const {
    Command command = at_the_start_of(words);
    if (command.words < words.size()) unknown(name_of(words, words.size()));
    return command;
}

const OwnCommand *Catalog::longest_own(const std::vector<std::string> &words) const {
    const OwnCommand *longest = nullptr;
    for (const OwnCommand &own : own_)
        if (begins_with(words, own)
            && (longest == nullptr || own.manifest.command.size() > longest->manifest.command.size()))
            longest = &own;
    return longest;
}

Command Catalog::plugin(const std::string &name) const {
    const auto found = is_name(name) ? discovery_.find(name) : std::nullopt;
    if (!found) unknown(name);
    if (found->plugin.refusal)
        throw Error(PCASCTL_EXIT_FAILED,
                    fmt::format("{}: {}", escape(found->file.string()), found->plugin.refusal->reason), name);
    return {.name = name, .manifest = *found->plugin.manifest, .file = found->file};
}

bool Catalog::has(const std::string &name) const {
    return longest_own({name}) != nullptr || (is_name(name) && discovery_.find(name));
}

Summaries Catalog::summaries() const {
    Summaries all;
    for (const OwnCommand &own : own_)
        if (!own.hidden) all.commands.push_back({own.manifest.command, own.manifest.summary});
    for (const FoundPlugin &found : discovery_.list().plugins) {
        if (!found.shadowed_by.empty()) continue;
        if (found.plugin.refusal)
            ++all.refused_plugins;
        else
            all.commands.push_back({found.command, found.plugin.manifest->summary});
    }
    std::sort(all.commands.begin(), all.commands.end(),
              [](const CommandSummary &left, const CommandSummary &right) { return left.name < right.name; });
    return all;
}

void Catalog::unknown(const std::string &name) const {
    std::vector<std::string> names;
    for (const CommandSummary &command : summaries().commands) names.push_back(command.name);
    const std::string hint = did_you_mean(name, names);
    throw Error(PCASCTL_EXIT_USAGE,
                fmt::format("unknown command '{}'{} 'pcasctl --help' lists the commands, 'pcasctl plugins' where they "
                            "are looked for",
                            escape(name), hint.empty() ? ";" : hint));
}

} // namespace host
