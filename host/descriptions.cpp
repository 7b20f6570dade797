#include "descriptions.hpp"

#include "value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace host {

std::string facts_of(const Option &option) {
    std::vector<std::string> facts;
    if (option.required) facts.emplace_back("required");
    if (const std::string range = allowed_range(option); !range.empty()) facts.push_back(range);
    if (!option.choices.empty()) facts.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
    if (option.repeatable) facts.emplace_back("repeatable");
    if (option.default_value && option.type != OptionType::flag && !option.secret)
        facts.push_back(fmt::format("default {}", option.default_value->empty() ? "''" : *option.default_value));
    if (!option.environment.empty()) facts.push_back("environment " + option.environment);
    return facts.empty() ? "" : fmt::format(" ({})", fmt::join(facts, "; "));
}

std::vector<OptionGroup> grouped(const std::vector<Option> &options) {
    std::vector<OptionGroup> groups;
    for (const Option &option : options) {
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const OptionGroup &earlier) { return earlier.name == option.group; });
        if (group == groups.end()) group = groups.insert(group, {option.group, {}});
        group->options.push_back(option);
    }
    return groups;
}

std::vector<std::string> description_of(const Manifest &manifest) {
    return manifest.description.empty() ? std::vector<std::string>{manifest.summary + "."} : manifest.description;
}

std::vector<ExitStatus> exit_statuses(const Manifest &manifest) {
    if (manifest.exit_codes.empty())
        return {{"0", "done"},
                {"1", "done, but parts of it failed"},
                {"2", "wrong usage"},
                {"3", "could not start, or had to give up"},
                {"128+N", "stopped by signal N"}};
    std::vector<ExitStatus> statuses;
    for (const ExitCode &code : manifest.exit_codes) statuses.push_back({std::to_string(code.code), code.meaning});
    return statuses;
}

} // namespace host
