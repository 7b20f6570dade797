#include "trials.hpp"

#include "command_line.hpp"
#include "common_options.hpp"
#include "error.hpp"
#include "value.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>

namespace host::check {
namespace {

// A value that the option allows and a plugin may not expect. "" and what is not UTF-8 are allowed for a text.
std::string lowest(const Option &option) {
    switch (option.type) {
    case OptionType::flag:
        return "false";
    case OptionType::integer:
        return option.minimum ? option.minimum->text : std::to_string(std::numeric_limits<std::int64_t>::min());
    case OptionType::number:
        return option.minimum ? option.minimum->text : "-1e308";
    case OptionType::duration:
        return option.minimum ? option.minimum->text : "0s";
    case OptionType::choice:
        return option.choices.front();
    default:
        return "";
    }
}

std::string highest(const Option &option) {
    constexpr std::size_t long_text = 65536;
    switch (option.type) {
    case OptionType::flag:
        return "true";
    case OptionType::integer:
        return option.maximum ? option.maximum->text : std::to_string(std::numeric_limits<std::int64_t>::max());
    case OptionType::number:
        return option.maximum ? option.maximum->text : "1e308";
    case OptionType::duration:
        return option.maximum ? option.maximum->text : "1000h";
    case OptionType::choice:
        return option.choices.back();
    default:
        return "\xff\xfe%s\x1b[31m" + std::string(long_text, 'x');
    }
}

std::string usual(const Option &option) {
    if (option.type == OptionType::string) return "x";
    return lowest(option);
}

// Each option with the value that `make` makes for it.
Settings made_up(const Manifest &manifest, const std::function<std::string(const Option &)> &make, std::size_t times) {
    Settings settings;
    for (const Option &option : manifest.options) {
        const auto value = parse_value(option, make(option));
        Setting setting{option, value ? Source::command_line : Source::none};
        if (value) setting.values.assign(option.repeatable ? times : 1, *value);
        settings.emplace(option.name, std::move(setting));
    }
    return settings;
}

Settings by_default(const Manifest &manifest) {
    Settings settings = made_up(manifest, usual, 1);
    for (auto &[name, setting] : settings) {
        if (setting.option.required) continue;
        setting.source = setting.option.default_value ? Source::by_default : Source::none;
        setting.values.clear();
        if (setting.option.default_value)
            setting.values.push_back(*parse_value(setting.option, *setting.option.default_value));
    }
    return settings;
}

Settings as_given(const Manifest &manifest, const std::vector<std::string> &words) {
    const auto given = parse_command_words(joined(manifest.options, shared_options()), {}, words);
    return resolve(manifest.options, {given, Environment({}), ConfigFile{}}, manifest.command);
}

} // namespace

std::vector<Trial> trials_for(const Manifest &manifest, const std::vector<std::string> &words, bool with_run) {
    constexpr std::size_t many = 1000;
    std::vector<Trial> trials;
    if (words.empty() && !with_run)
        trials.push_back({"with its defaults", by_default(manifest)});
    else
        trials.push_back({"with the options that were given", as_given(manifest, words), with_run});
    if (manifest.options.empty()) return trials;
    trials.push_back({"with the lowest values of all options", made_up(manifest, lowest, 1)});
    trials.push_back({"with the highest values of all options", made_up(manifest, highest, many)});
    return trials;
}

} // namespace host::check
