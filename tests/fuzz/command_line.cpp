// Any words, given to any command: the first line of the input is a manifest, each other line is a word.
#include "command_line.hpp"

#include "common_options.hpp"
#include "host_promises.hpp"
#include "manifest.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cstring>

using namespace host;
using fuzz::expect;

namespace {

const Option &declared(const std::vector<Option> &options, const std::string &name) {
    const auto found =
        std::find_if(options.begin(), options.end(), [&](const Option &option) { return option.name == name; });
    expect(found != options.end(), "only declared options are given", name);
    return *found;
}

void expect_as_written(const Given &given, const Option &option, const std::vector<std::string> &words) {
    if (option.type == OptionType::flag)
        return expect(given.value == "true", "a flag that is given is true", given.name);
    const bool written = std::any_of(words.begin(), words.end(), [&](const std::string &word) {
        return word.size() >= given.value.size() && word.substr(word.size() - given.value.size()) == given.value;
    });
    expect(written, "a value is the end of a word", given.value);
}

void run_command(const std::vector<Option> &options, const std::vector<std::string> &words) {
    const auto given = parse_command_words(options, host_only_options(), words);
    for (const Given &each : given) expect_as_written(each, declared(options, each.name), words);
    const Environment environment({});
    const ConfigFile file;
    const Settings settings = resolve(options, {given, environment, file}, "hello");
    for (const Option &option : options)
        expect(!option.required || !settings.at(option.name).values.empty(), "a required option is there", option.name);
}

// Words before the subcommand, as of `pcasctl` itself.
void run_host(const std::vector<std::string> &words) {
    static const std::vector<Option> options = host::all_host_options();
    const HostWords parsed = parse_host_words(options, words);
    for (const Given &each : parsed.given) expect_as_written(each, declared(options, each.name), words);
    expect(parsed.rest.size() <= words.size(), "no word is made up");
}

template <class Action>
void expect_usage(Action action, bool secrets_are_values) {
    try {
        action();
    } catch (const Error &error) {
        fuzz::expect_wrong_usage(error);
        if (secrets_are_values) fuzz::expect_no_secret(error.what());
    }
}

bool is_secret(const std::vector<Option> &options) {
    return !options.empty()
           && std::all_of(options.begin(), options.end(), [](const Option &option) { return option.secret; });
}

// Does `text` stand nowhere but where a value may? (The name of an unknown option is shown.)
bool is_value(std::string_view text, const std::vector<std::string> &words) {
    return std::all_of(words.begin(), words.end(), [text](const std::string &word) {
        const std::size_t at = word.find(text);
        return at == std::string::npos || word.find('=') < at || word.front() != '-';
    });
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    std::vector<std::string> words = fuzz::lines_of(fuzz::text_of(data, size));
    const auto parsed = parse_manifest(words.front());
    words.erase(words.begin());
    // As they come from main(), where a NUL ends a word.
    for (std::string &word : words) word.resize(std::strlen(word.c_str()));
    expect_usage([&] { run_host(words); }, false);
    if (const auto *manifest = std::get_if<Manifest>(&parsed))
        expect_usage([&] { run_command(manifest->options, words); },
                     is_secret(manifest->options) && is_value(fuzz::secret, words));
    return 0;
}
