#include "command_line.hpp"

#include "error.hpp"
#include "escape.hpp"
#include "suggest.hpp"

#include <pcasctl/plugin.h>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace host {
namespace {

namespace po = boost::program_options;

// Never a prefix for the whole: an option that a later version adds must not change what a script's abbreviation means.
constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

[[noreturn]] void wrong_usage(const std::string &message) {
    throw Error(PCASCTL_EXIT_USAGE, message);
}

bool knows(const std::vector<Option> &options, const std::string &name) {
    return std::any_of(options.begin(), options.end(), [&](const Option &option) { return option.name == name; });
}

po::options_description description_of(const std::vector<Option> &options) {
    po::options_description description;
    for (const Option &option : options) {
        std::string names = option.name;
        if (option.short_name != 0) names += fmt::format(",{}", option.short_name);
        description.add_options()(names.c_str(), new po::untyped_value(option.type == OptionType::flag));
    }
    return description;
}

// `typed` without what may be a value, and so a secret: "--postgress=..." and "-x...".
std::string name_in(const std::string &typed) {
    return typed.rfind("--", 0) == 0 ? typed.substr(0, typed.find('=')) : typed.substr(0, 2);
}

[[noreturn]] void unknown_option(const std::string &typed, const std::vector<Option> &options,
                                 const std::vector<Option> &host_only) {
    const std::string dashed = name_in(typed);
    const bool is_long = dashed.rfind("--", 0) == 0;
    const std::string name = is_long ? dashed.substr(2) : "";
    if (knows(host_only, name))
        wrong_usage(fmt::format("--{0} belongs before the subcommand: pcasctl --{0} ...", name));
    const std::string hint = is_long ? did_you_mean(name, names_of(options), "--") : "";
    wrong_usage(fmt::format("unknown option {}{}", escape(dashed), hint));
}

// Where one of the options is a secret, a stray word may be its value.
[[noreturn]] void unexpected_argument(const std::string &word, const std::vector<Option> &options) {
    const bool may_be_secret =
        std::any_of(options.begin(), options.end(), [](const Option &option) { return option.secret; });
    if (may_be_secret) wrong_usage("an argument is not the value of any option; options begin with --");
    wrong_usage(fmt::format("unexpected argument '{}'", escape(word)));
}

[[noreturn]] void wrong_syntax(const po::invalid_command_line_syntax &error) {
    const std::string name = escape(error.get_option_name());
    switch (error.kind()) {
    case po::invalid_syntax::missing_parameter:
        wrong_usage(fmt::format("{} needs a value", name));
    case po::invalid_syntax::empty_adjacent_parameter:
        wrong_usage(fmt::format("{0} has nothing after its '='; for an empty value write {0} ''", name));
    case po::invalid_syntax::extra_parameter:
        wrong_usage(fmt::format("{} takes no value", name));
    default:
        wrong_usage(fmt::format("{} cannot be understood", name));
    }
}

// `--=value`: Boost takes the value for a positional argument.
void check_has_name(const po::option &parsed, const std::vector<Option> &options,
                    const std::vector<Option> &host_only) {
    if (!parsed.string_key.empty()) return; // and the first of "-dn" has no tokens
    const std::string &word = parsed.original_tokens.front();
    if (parsed.value.front() != word) unknown_option(word, options, host_only);
}

// Runs the parser, and says what is wrong in words of ours. Boost's messages may quote values, and those may be secret.
std::vector<po::option> parse(const po::options_description &description, const std::vector<std::string> &words,
                              const std::vector<Option> &options, const std::vector<Option> &host_only) {
    try {
        auto parsed = po::command_line_parser(words).options(description).style(style).run().options;
        for (const po::option &option : parsed) check_has_name(option, options, host_only);
        return parsed;
    } catch (const po::unknown_option &error) {
        unknown_option(error.get_option_name(), options, host_only);
    } catch (const po::invalid_command_line_syntax &error) {
        wrong_syntax(error);
    }
}

// `--sqlite --dry-run`: Boost takes the second for the value of the first. The user most likely forgot the value.
void check_forgotten_value(const po::option &parsed, const std::vector<Option> &options) {
    if (parsed.original_tokens.size() != 2 || parsed.value.size() != 1 || parsed.value[0] != parsed.original_tokens[1])
        return;
    const std::string &value = parsed.value[0];
    if (value.rfind("--", 0) == 0 && knows(options, value.substr(2)))
        wrong_usage(fmt::format("--{0} needs a value, and {1} is an option; if {1} is the value, write --{0}={1}",
                                parsed.string_key, value));
}

Given given_from(const po::option &parsed) {
    return {parsed.string_key, parsed.value.empty() ? "true" : parsed.value.front()};
}

bool takes_next_word(const std::vector<Option> &options, const std::string &word) {
    return std::any_of(options.begin(), options.end(), [&](const Option &option) {
        return option.type != OptionType::flag && word == "--" + option.name;
    });
}

// Where the subcommand stands: at the first word that is neither an option nor an option's value. Boost cannot tell,
// because it would have to know the subcommand's options to parse on. (The host's own short options take no values.)
std::size_t subcommand_position(const std::vector<Option> &options, const std::vector<std::string> &words) {
    std::size_t at = 0;
    while (at < words.size() && words[at].size() > 1 && words[at].front() == '-' && words[at] != "--")
        at += takes_next_word(options, words[at]) ? 2 : 1;
    return std::min(at, words.size());
}

} // namespace

HostWords parse_host_words(const std::vector<Option> &options, const std::vector<std::string> &words) {
    const auto subcommand = words.begin() + static_cast<std::ptrdiff_t>(subcommand_position(options, words));
    HostWords parsed;
    for (const po::option &option : parse(description_of(options), {words.begin(), subcommand}, options, {})) {
        check_forgotten_value(option, options);
        parsed.given.push_back(given_from(option));
    }
    const bool is_marked = subcommand != words.end() && *subcommand == "--";
    parsed.rest.assign(is_marked ? subcommand + 1 : subcommand, words.end());
    return parsed;
}

std::vector<Given> parse_command_words(const std::vector<Option> &options, const std::vector<Option> &host_only,
                                       const std::vector<std::string> &words) {
    po::positional_options_description positional;
    for (const Option &option : options)
        if (option.positional) positional.add(option.name.c_str(), option.repeatable ? -1 : 1);

    std::vector<Given> given;
    unsigned position = 0;
    for (const po::option &option : parse(description_of(options), words, options, host_only)) {
        if (!option.string_key.empty()) {
            check_forgotten_value(option, options);
            given.push_back(given_from(option));
            continue;
        }
        if (position >= positional.max_total_count()) unexpected_argument(option.value.front(), options);
        given.push_back({positional.name_for_position(position++), option.value.front()});
    }
    return given;
}

} // namespace host
