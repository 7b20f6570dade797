#include "settings.hpp"

#include "error.hpp"
#include "escape.hpp"
#include "suggest.hpp"
#include "value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace host {
namespace {

[[noreturn]] void wrong_usage(const std::string &message) {
    throw Error(PCASCTL_EXIT_USAGE, message);
}

std::string shown_path(const ConfigFile &file) {
    return escape(file.path.string());
}

// " (from PG_DSN)"; nothing for the command line, which the user has in view.
std::string origin(const Option &option, Source source, const ConfigFile &file, const std::string &section) {
    if (source == Source::environment) return fmt::format(" (from {})", option.environment);
    if (source == Source::file) return fmt::format(" (from {}, section [{}])", shown_path(file), section);
    return {};
}

std::string shown_value(const Option &option, const std::string &text) {
    constexpr std::size_t longest = 80;
    if (option.secret) return "the value";
    if (text.size() <= longest) return fmt::format("'{}'", escape(text));
    return fmt::format("'{}...'", escape(text.substr(0, longest)));
}

std::string form(const Option &option) {
    const std::string by_name = fmt::format("--{} {}", option.name, option.value_name);
    return option.positional ? fmt::format("{} or {}", option.value_name, by_name) : by_name;
}

std::string demand(const Option &option) {
    const std::string variable = option.environment.empty() ? "" : fmt::format(", or set {}", option.environment);
    return fmt::format("--{} is required: give {}{}", option.name, escape(form(option)), variable);
}

// One option, from the first source that has it.
class Resolution {
public:
    Resolution(const Option &option, const Sources &sources, const std::string &section)
        : option_(option), sources_(sources), section_(section) {}

    Setting setting() const {
        const auto [source, texts] = first_source();
        Setting setting{option_, source};
        if (texts.size() > 1 && !option_.repeatable && option_.type != OptionType::flag)
            wrong_usage(
                fmt::format("--{}: given {} times, but takes one value{}", option_.name, texts.size(), from(source)));
        for (const std::string &text : texts) setting.values.push_back(checked(text, source));
        return setting;
    }

private:
    std::string from(Source source) const { return origin(option_, source, sources_.file, section_); }

    std::pair<Source, std::vector<std::string>> first_source() const {
        std::vector<std::string> texts;
        for (const Given &given : sources_.given)
            if (given.name == option_.name) texts.push_back(given.value);
        if (!texts.empty()) return {Source::command_line, texts};
        if (!option_.environment.empty())
            if (const auto value = sources_.environment.get(option_.environment))
                return {Source::environment, {*value}};
        for (const ConfigEntry &entry : sources_.file.entries)
            if (entry.section == section_ && entry.key == option_.name) texts.push_back(entry.value);
        if (!texts.empty()) return {Source::file, texts};
        if (option_.default_value) return {Source::by_default, {*option_.default_value}};
        return {Source::none, {}};
    }

    Value checked(const std::string &text, Source source) const {
        if (auto value = parse_value(option_, text)) return *value;
        const std::string hint = option_.secret ? "" : did_you_mean(text, option_.choices);
        wrong_usage(fmt::format("--{}: {} is not {}{}{}", option_.name, shown_value(option_, text),
                                allowed_values(option_), escape(hint), from(source)));
    }

    const Option &option_;
    const Sources &sources_;
    const std::string &section_;
};

void check_keys(const std::vector<Option> &options, const ConfigFile &file, const std::string &section) {
    const std::vector<std::string> names = names_of(options);
    for (const ConfigEntry &entry : file.entries) {
        if (entry.section != section || std::find(names.begin(), names.end(), entry.key) != names.end()) continue;
        wrong_usage(fmt::format("configuration file {}: unknown name '{}' in section [{}]{}", shown_path(file),
                                escape(entry.key), section, did_you_mean(entry.key, names)));
    }
}

} // namespace

Settings resolve(const std::vector<Option> &options, const Sources &sources, const std::string &section) {
    check_keys(options, sources.file, section);
    Settings settings;
    std::vector<std::string> missing;
    for (const Option &option : options) {
        const Setting &setting =
            settings.emplace(option.name, Resolution(option, sources, section).setting()).first->second;
        if (option.required && setting.values.empty()) missing.push_back(demand(option));
    }
    if (!missing.empty()) wrong_usage(fmt::format("{}", fmt::join(missing, "; "))); // all, not one after the other
    return settings;
}

std::vector<std::string> sections_like(const std::string &command, const ConfigFile &file) {
    std::vector<std::string> sections;
    for (const ConfigEntry &entry : file.entries) {
        const std::string section = entry.section.substr(0, entry.section.find('.')); // of a table: [command.table]
        if (section != command && nearest(section, {command})
            && std::find(sections.begin(), sections.end(), section) == sections.end())
            sections.push_back(section);
    }
    return sections;
}

} // namespace host
