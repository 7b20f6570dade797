#include "manifest.hpp"

#include "escape.hpp"
#include "json_reader.hpp"
#include "value.hpp"
#include "version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace host {
namespace {

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_variable_name(std::string_view text) {
    return !text.empty() && !is_digit(text[0])
           && std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

template <class Meaning>
Meaning one_of(const JsonReader &reader, const char *member, const std::map<std::string_view, Meaning> &meanings,
               Meaning otherwise) {
    const auto text = reader.optional_text(member);
    if (!text) return otherwise;
    const auto found = meanings.find(*text);
    if (found == meanings.end()) reader.wrong(member, fmt::format("'{}' is not known", escape(*text)));
    return found->second;
}

OptionType read_type(const JsonReader &reader) {
    return one_of<OptionType>(reader, "type",
                              {{"string", OptionType::string},
                               {"flag", OptionType::flag},
                               {"integer", OptionType::integer},
                               {"number", OptionType::number},
                               {"duration", OptionType::duration},
                               {"choice", OptionType::choice}},
                              OptionType::string);
}

Completion read_completion(const JsonReader &reader) {
    return one_of<Completion>(reader, "complete", {{"file", Completion::file}, {"directory", Completion::directory}},
                              Completion::none);
}

std::string read_name(const JsonReader &reader, const char *member) {
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
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

std::optional<Value> read_bound(const JsonReader &reader, const char *member, OptionType type) {
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
    if (std::set(option.choices.begin(), option.choices.end()).size() != option.choices.size())
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
    option.value_name = reader.text("value", in_capitals(option.name));
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
    std::set<std::string> long_names;
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

std::vector<Explained> read_explained(const JsonReader &document, const char *member, const char *what,
                                      Manifest &manifest) {
    std::vector<Explained> explained;
    for (const JsonReader &reader : document.objects(member)) {
        explained.push_back({reader.required_text(what), reader.required_text("meaning")});
        note_unknown(reader, manifest);
    }
    return explained;
}

std::vector<PageReference> read_see_also(const JsonReader &manifest) {
    static const std::regex form("([A-Za-z0-9][A-Za-z0-9._+-]{0,63})\\(([1-9][a-z]{0,9})\\)");
    std::vector<PageReference> pages;
    for (const std::string &text : manifest.texts("see_also")) {
        std::smatch parts;
        if (text.size() > 80 || !std::regex_match(text, parts, form))
            manifest.wrong("see_also", fmt::format("'{}' is no manual page such as psql(1)", escape(text)));
        pages.push_back({parts[2], parts[1]});
    }
    return pages;
}

} // namespace

bool is_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && text.front() != '-' && text.back() != '-'
           && std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
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
        const nlohmann::json document = read_json(json);
        const JsonReader reader(document, "");
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
