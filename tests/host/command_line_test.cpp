// How words become options and values, and what is said of words that do not.
#include "command_line.hpp"
#include "common_options.hpp"
#include "error_of.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;
using test::error_of;

namespace {

const std::vector<Option> options = {
    {.name = "sqlite", .short_name = 's'},
    {.name = "count", .short_name = 'n', .type = OptionType::integer},
    {.name = "dry-run", .short_name = 'd', .type = OptionType::flag},
    {.name = "first", .positional = true},
    {.name = "more", .repeatable = true, .positional = true},
};

std::string shown(const std::vector<Given> &given) {
    std::string text;
    for (const Given &option : given) text += option.name + "=" + option.value + " ";
    return text;
}

std::string parsed(const std::vector<std::string> &words) {
    return shown(parse_command_words(options, host_only_options(), words));
}

std::string error(const std::vector<std::string> &words) {
    return error_of([&] { parsed(words); });
}

HostWords host_words(const std::vector<std::string> &words) {
    auto all = common_options();
    for (const auto &more : {command_line_options(), host_only_options()})
        all.insert(all.end(), more.begin(), more.end());
    return parse_host_words(all, words);
}

} // namespace

TEST_CASE("values are taken from the next word, after '=', and from the word of a short name") {
    CHECK(parsed({"--sqlite", "a", "--count=5", "-d"}) == "sqlite=a count=5 dry-run=true ");
    CHECK(parsed({"-s", "a", "-n5"}) == "sqlite=a count=5 ");
    CHECK(parsed({"-dn", "5"}) == "dry-run=true count=5 ");
    CHECK(parsed({"--sqlite", ""}) == "sqlite= ");
    CHECK(parsed({"--sqlite=a=b"}) == "sqlite=a=b ");
}

TEST_CASE("what has dashes and '=' but no name is no argument") {
    CHECK(error({"--=a"}) == "2: unknown option --");
    CHECK(parsed({"--", "--=a"}) == "first=--=a ");
    CHECK(error_of([] { host_words({"--=a", "plugins"}); }) == "2: unknown option --");
}

TEST_CASE("a negative number is a value") {
    CHECK(parsed({"--count", "-5"}) == "count=-5 ");
    CHECK(parsed({"--count=-5"}) == "count=-5 ");
    CHECK(parsed({"-n-5"}) == "count=-5 ");
}

TEST_CASE("words without dashes are the positional options in their order, and all words are after '--'") {
    CHECK(parsed({"a", "b", "c"}) == "first=a more=b more=c ");
    CHECK(parsed({"a", "-d", "-"}) == "first=a dry-run=true more=- ");
    CHECK(parsed({"--", "--dry-run", "-5"}) == "first=--dry-run more=-5 ");
}

TEST_CASE("the beginning of a name is not the name") {
    CHECK(error({"--dry"}) == "2: unknown option --dry; did you mean --dry-run?");
}

TEST_CASE("an unknown option is named without its value, with the nearest name") {
    CHECK(error({"--sqlit=postgres://me:secret@host"}) == "2: unknown option --sqlit; did you mean --sqlite?");
    CHECK(error({"--dryrun"}) == "2: unknown option --dryrun; did you mean --dry-run?");
    CHECK(error({"-xsecret"}) == "2: unknown option -x");
    CHECK(error({"--wild\n"}) == "2: unknown option --wild\\x0a");
}

TEST_CASE("a missing or superfluous value is named") {
    CHECK(error({"--sqlite"}) == "2: --sqlite needs a value");
    CHECK(error({"-s"}) == "2: --sqlite needs a value");
    CHECK(error({"--sqlite="}) == "2: --sqlite has nothing after its '='; for an empty value write --sqlite ''");
    CHECK(error({"--dry-run=yes"}) == "2: --dry-run takes no value");
    CHECK(error({"--sqlite", "--dry-run"})
          == "2: --sqlite needs a value, and --dry-run is an option; if --dry-run is the value, write "
             "--sqlite=--dry-run");
    CHECK(parsed({"--sqlite=--dry-run"}) == "sqlite=--dry-run ");
}

TEST_CASE("an option of the host after the subcommand is sent to its place") {
    CHECK(error({"--plugin-dir", "x"}) == "2: --plugin-dir belongs before the subcommand: pcasctl --plugin-dir ...");
}

TEST_CASE("a word too many is shown, unless it may be a secret") {
    const std::vector<Option> plain = {{.name = "one"}};
    const std::vector<Option> secret = {{.name = "token", .secret = true}};
    CHECK(error_of([&] { parse_command_words(plain, {}, {"hunter2"}); }) == "2: unexpected argument 'hunter2'");
    CHECK(error_of([&] { parse_command_words(secret, {}, {"hunter2"}); })
          == "2: an argument is not the value of any option; options begin with --");
}

TEST_CASE("the subcommand is the first word that is no option or value, and its words are left alone") {
    const HostWords words = host_words({"-q", "--config", "backfill", "--plugin-dir=/d", "hello", "--wild", "-q"});
    CHECK(shown(words.given) == "quiet=true config=backfill plugin-dir=/d ");
    CHECK(words.rest == std::vector<std::string>{"hello", "--wild", "-q"});
    CHECK(host_words({"--", "hello", "x"}).rest == std::vector<std::string>{"hello", "x"});
    CHECK(host_words({"--config", "file"}).rest.empty());
    CHECK(error_of([] { host_words({"--config"}); }) == "2: --config needs a value");
    CHECK(error_of([] {
              host_words({"--versoin", "hello"});
          })
          == "2: unknown option --versoin; did you mean --version?");
}
