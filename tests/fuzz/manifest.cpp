// A manifest: any text in, an orderly description of a command out, or the reason why not. All else in the host takes
// that order for granted, so it is checked here to the last default.
#include "manifest.hpp"

#include "command_line.hpp"
#include "common_options.hpp"
#include "help.hpp"
#include "host_promises.hpp"
#include "value.hpp"

#include <set>

using namespace host;
using fuzz::expect;

namespace {

void expect_orderly(const Option &option) {
    expect(is_name(option.name), "an option has a proper name", option.name);
    expect(!is_reserved_option(option.name), "an option of the host's own is not taken", option.name);
    expect(!option.help.empty(), "an option has help", option.name);
    expect(option.choices.empty() == (option.type != OptionType::choice), "choices go with a choice", option.name);
    for (const auto &bound : {option.minimum, option.maximum})
        if (bound) expect(parse_value(option, bound->text).has_value(), "a bound is within the bounds", bound->text);
    if (option.default_value)
        expect(parse_value(option, *option.default_value).has_value(), "a default is allowed", option.name);
    fuzz::expect_line(allowed_values(option));
}

void expect_orderly(const Manifest &manifest) {
    expect(is_name(manifest.command), "a command has a proper name", manifest.command);
    expect(!manifest.version.empty() && !manifest.summary.empty(), "version and summary are there");
    std::set<std::string> long_names;
    std::set<char> short_names;
    for (const Option &option : manifest.options) {
        expect_orderly(option);
        expect(long_names.insert(option.name).second, "long names differ", option.name);
        if (option.short_name != 0)
            expect(short_names.insert(option.short_name).second, "short names differ", option.name);
    }
    for (const ExitCode &code : manifest.exit_codes)
        expect(code.code >= 0 && code.code <= 255, "an exit code is one", code.meaning);
}

void expect_clean_help(const Manifest &manifest) {
    for (const std::string &line : fuzz::lines_of(command_help(manifest, {}, common_options(), 80)))
        expect(escape(line) == line, "help is clean lines", line);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const auto parsed = parse_manifest(fuzz::text_of(data, size));
    if (const auto *refusal = std::get_if<Refusal>(&parsed)) {
        fuzz::expect_line(refusal->reason);
        return 0;
    }
    const auto &manifest = std::get<Manifest>(parsed);
    expect_orderly(manifest);
    expect_clean_help(manifest);
    expect(parse_command_words(manifest.options, host_only_options(), {}).empty(), "no words are no options");
    return 0;
}
