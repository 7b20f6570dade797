#include "manifest.hpp"

#include "escape.hpp"
#include "json_reader.hpp"
#include "value.hpp"
#include "version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace host {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_variable_name(std::string_view text) {
    return !text.empty() && !is_digit(text[0])
           && std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

template <class Meaning, std::size_t count>
Meaning one_of(const JsonReader &reader, std::string_view member,
               const std::array<std::pair<std::string_view, Meaning>, count> &meanings, Meaning otherwise) {
    const auto text = reader.optional_text(member);
    if (!text) return otherwise;
    const auto found =
        std::find_if(meanings.begin(), meanings.end(), [&text](const auto &meaning) { return meaning.first == *text; });
    if (found == meanings.end()) reader.wrong(member, fmt::format("'{}' is not known", escape(*text)));
    return found->second;
}

OptionType read_type(const JsonReader &reader) {
    static constexpr std::array<std::pair<std::string_view, OptionType>, 6> types = {
        {{"string", OptionType::string},
         {"flag", OptionType::flag},
         {"integer", OptionType::integer},
         {"number", OptionType::number},
         {"duration", OptionType::duration},
         {"choice", OptionType::choice}}};
    return one_of(reader, "type", types, OptionType::string);
}

Completion read_completion(const JsonReader &reader) {
    static constexpr std::array<std::pair<std::string_view, Completion>, 2> completions = {
        {{"file", Completion::file}, {"directory", Completion::directory}}};
    return one_of(reader, "complete", completions, Completion::none);
}

std::string read_name(const JsonReader &reader, std::string_view member) {
    std::string name = reader.required_text(member);
    if (!is_name(name))
        reader.wrong(member, fmt::format("'{}' is not made of lower case letters, digits and inner dashes, at most 64",
                                         escape(name)));
    return name;
}

char read_short_name(const JsonReader &reader) {
    const auto text = reader.optional_text("short");
    if (!text) return 0;
    if (text->size() != 1 || !(is_letter((*text)[0]) || is_digit((*text)[0])))
        reader.wrong("short", fmt::format("'{}' is not one letter or digit", escape(*text)));
    return (*text)[0];
}

std::string in_capitals(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        if (c == '-') return '_';
        return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

std::optional<Value> read_bound(const JsonReader &reader, std::string_view member, OptionType type) {
    if (!reader.has(member)) return std::nullopt;
    switch (type) {
    case OptionType::integer: {
        const std::int64_t bound = reader.integer(member);
        return Value{.text = std::to_string(bound), .integer = bound};
    }
    case OptionType::number: {
        const double bound = reader.number(member);
        return Value{.text = fmt::format("{}", bound), .number = bound};
    }
    case OptionType::duration: {
        const Option unbounded{.type = OptionType::duration};
        auto bound = parse_value(unbounded, reader.required_text(member));
        if (!bound) reader.wrong(member, "must be a duration such as \"10s\"");
        return bound;
    }
    default:
        reader.wrong(member, "goes with an integer, a number or a duration only");
    }
}

void read_bounds(const JsonReader &reader, Option &option) {
    const auto minimum = read_bound(reader, "minimum", option.type);
    option.maximum = read_bound(reader, "maximum", option.type);
    if (minimum && !parse_value(option, minimum->text)) reader.wrong("minimum", "is above the maximum");
    option.minimum = minimum;
}

void check_choices(const JsonReader &reader, const Option &option) {
    if (option.type != OptionType::choice && reader.has("choices")) reader.wrong("choices", "goes with a choice only");
    if (option.type == OptionType::choice && option.choices.empty()) reader.wrong("choices", "is missing or empty");
    if (std::set<std::string_view>(option.choices.begin(), option.choices.end()).size() != option.choices.size())
        reader.wrong("choices", "names a value twice");
}

void check_default(const JsonReader &reader, const Option &option) {
    if (!option.default_value) return;
    if (option.required) reader.wrong("default", "is of no use to a required option");
    if (parse_value(option, *option.default_value)) return;
    const std::string value = option.secret ? "the value" : fmt::format("'{}'", escape(*option.default_value));
    reader.wrong("default", fmt::format("{} is not {}", value, allowed_values(option)));
}

void check_combination(const JsonReader &reader, const Option &option) {
    if (option.type == OptionType::flag) {
        if (option.positional) reader.wrong("positional", "does not go with a flag");
        if (option.repeatable) reader.wrong("repeatable", "does not go with a flag");
        if (option.required) reader.wrong("required", "does not go with a flag");
    }
    if (!option.environment.empty() && !is_variable_name(option.environment))
        reader.wrong("env", fmt::format("'{}' is no name of an environment variable", escape(option.environment)));
}

Option read_option(const JsonReader &reader) {
    Option option;
    option.name = read_name(reader, "name");
    if (is_reserved_option(option.name))
        reader.wrong("name", fmt::format("--{} is one of pcasctl's own options", option.name));
    option.short_name = read_short_name(reader);
    if (option.short_name != 0 && is_reserved_option(std::string_view(&option.short_name, 1)))
        reader.wrong("short", fmt::format("-{} is one of pcasctl's own options", option.short_name));
    option.type = read_type(reader);
    option.value_name = reader.has("value") ? reader.required_text("value") : in_capitals(option.name);
    option.help = reader.required_text("help");
    option.default_value = reader.optional_text("default");
    option.required = reader.truth("required");
    option.environment = reader.text("env", "");
    option.choices = reader.texts("choices");
    option.repeatable = reader.truth("repeatable");
    option.positional = reader.truth("positional");
    option.secret = reader.truth("secret");
    option.complete = read_completion(reader);
    option.group = reader.text("group", option.group);
    read_bounds(reader, option);
    check_choices(reader, option);
    check_combination(reader, option);
    check_default(reader, option);
    return option;
}

std::string read_oldest_host(const JsonReader &reader) {
    std::string version = reader.text("requires", "");
    if (!version.empty() && !parse_version(version))
        reader.wrong("requires", fmt::format("'{}' is no version of pcasctl, such as 1.2.0", escape(version)));
    return version;
}

void note_unknown(const JsonReader &reader, Manifest &manifest) {
    for (std::string &member : reader.unknown_members()) manifest.unknown_members.push_back(std::move(member));
}

void read_options(const JsonReader &document, Manifest &manifest) {
    std::vector<Option> &options = manifest.options;
    std::set<std::string_view> long_names;
    std::set<char> short_names;
    const Option *swallows_the_rest = nullptr;
    const auto objects = document.objects("options");
    options.reserve(objects.size());
    for (const JsonReader &reader : objects) {
        const Option &option = options.emplace_back(read_option(reader));
        note_unknown(reader, manifest);
        if (!long_names.insert(option.name).second)
            reader.wrong("name", fmt::format("--{} is declared twice", option.name));
        if (option.short_name != 0 && !short_names.insert(option.short_name).second)
            reader.wrong("short", fmt::format("-{} is declared twice", option.short_name));
        if (!option.positional) continue;
        if (swallows_the_rest != nullptr)
            reader.wrong("positional", fmt::format("--{} before it is repeatable and takes all that follows",
                                                   swallows_the_rest->name));
        if (option.repeatable) swallows_the_rest = &option;
    }
}

void read_examples(const JsonReader &document, Manifest &manifest) {
    for (const JsonReader &reader : document.objects("examples")) {
        manifest.examples.push_back({reader.required_text("text"), reader.required_text("command")});
        note_unknown(reader, manifest);
    }
}

void read_exit_codes(const JsonReader &document, Manifest &manifest) {
    for (const JsonReader &reader : document.objects("exit_codes")) {
        const std::int64_t code = reader.integer("code");
        if (code < 0 || code > 255) reader.wrong("code", "is not from 0 to 255");
        manifest.exit_codes.push_back({static_cast<int>(code), reader.required_text("meaning")});
        note_unknown(reader, manifest);
    }
}

std::vector<Explained> read_explained(const JsonReader &document, std::string_view member, std::string_view what,
                                      Manifest &manifest) {
    std::vector<Explained> explained;
    for (const JsonReader &reader : document.objects(member)) {
        explained.push_back({reader.required_text(what), reader.required_text("meaning")});
        note_unknown(reader, manifest);
    }
    return explained;
}

// "psql(1)", "printf(3posix)": a name of at most 64 letters, digits and ._+-, then a digit with at most nine lower case
// letters in parentheses.
std::optional<PageReference> page_in(std::string_view text) {
    constexpr std::size_t longest_name = 64, longest_section = 10;
    const auto in_name = [](char c) { return is_letter(c) || is_digit(c) || std::string_view("._+-").find(c) != npos; };
    const std::size_t bracket = text.find('(');
    if (bracket == npos || text.back() != ')') return std::nullopt;
    const std::string_view name = text.substr(0, bracket);
    const std::string_view section = text.substr(bracket + 1, text.size() - bracket - 2);
    if (name.empty() || name.size() > longest_name || !(is_letter(name[0]) || is_digit(name[0]))) return std::nullopt;
    if (!std::all_of(name.begin(), name.end(), in_name)) return std::nullopt;
    if (section.empty() || section.size() > longest_section || section[0] < '1' || section[0] > '9')
        return std::nullopt;
    if (!std::all_of(section.begin() + 1, section.end(), is_lower)) return std::nullopt;
    return PageReference{std::string(section), std::string(name)};
}

std::vector<PageReference> read_see_also(const JsonReader &manifest) {
    std::vector<PageReference> pages;
    for (const std::string &text : manifest.texts("see_also")) {
        auto page = page_in(text);
        if (!page) manifest.wrong("see_also", fmt::format("'{}' is no manual page such as psql(1)", escape(text)));
        pages.push_back(std::move(*page));
    }
    return pages;
}

} // namespace

bool is_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && text.front() != '-' && text.back() != '-'
           && std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_reserved_command(std::string_view name) {
    // "pcasctl" is the configuration file's section for the options that all commands share.
    constexpr std::array<std::string_view, 5> names = {"help", "plugins", "completion", "version", "pcasctl"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_reserved_option(std::string_view name) {
    constexpr std::array<std::string_view, 12> names = {"help",    "h",      "quiet",      "q",
                                                        "verbose", "v",      "log-level",  "log-format",
                                                        "output",  "config", "plugin-dir", "version"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::variant<Manifest, Refusal> parse_manifest(std::string_view json) {
    try {
        const JsonDocument document(json);
        const JsonReader reader(document);
        Manifest manifest;
        manifest.command = read_name(reader, "command");
        manifest.version = reader.required_text("version");
        manifest.oldest_host = read_oldest_host(reader);
        manifest.summary = reader.required_text("summary");
        manifest.description = reader.texts("description");
        read_options(reader, manifest);
        read_examples(reader, manifest);
        read_exit_codes(reader, manifest);
        manifest.environment = read_explained(reader, "environment", "name", manifest);
        manifest.files = read_explained(reader, "files", "path", manifest);
        manifest.see_also = read_see_also(reader);
        note_unknown(reader, manifest);
        return manifest;
    } catch (const WrongManifest &error) {
        return Refusal{std::string("its manifest is not in order: ") + error.what()};
    }
}

} // namespace host
