// What may come next on a command line. How each shell shows it is tested in tests/completion.
#include "commands/own_commands.hpp"
#include "completion.hpp"
#include "error_of.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <unistd.h>

using namespace host;

namespace {

OwnCommand own(const std::string &name, std::vector<Option> options) {
    return {.manifest = {.command = name, .summary = "Do " + name, .options = std::move(options)}, .run = nullptr};
}

const std::vector<Option> no_options;
const std::vector<OwnCommand> some = {
    own("copy", {{.name = "from", .short_name = 'f', .help = "Whence. Not whither.", .complete = Completion::file},
                 {.name = "key", .short_name = 'k', .help = "Who.", .secret = true, .complete = Completion::file},
                 {.name = "add", .help = "More.", .repeatable = true},
                 {.name = "force", .short_name = 'F', .type = OptionType::flag, .help = "Do it"},
                 {.name = "kind",
                  .type = OptionType::choice,
                  .help = "Of what.",
                  .choices = {"big", "new\nline"},
                  .positional = true},
                 {.name = "to",
                  .help = "Whither.",
                  .repeatable = true,
                  .positional = true,
                  .complete = Completion::directory}}),
    own("help",
        {{.name = "topic", .help = "Which.", .repeatable = true, .positional = true, .complete = Completion::command}}),
    own("shop", no_options), own("shop new", no_options), own("shop new window", no_options)};

// The words and what may come for the last of them: "words--from=:a b", without the options that every command takes.
std::string answer(std::vector<std::string> words) {
    const Discovery discovery({}, ::geteuid());
    TypedLine line{std::move(words), ""};
    line.current = line.finished.back();
    line.finished.pop_back();
    const Completions completions = complete(line, Catalog(some, discovery));
    std::string text = completions.paths == Completion::file ? "files " : "";
    if (completions.paths == Completion::directory) text = "directories ";
    text += completions.before + ":";
    for (const Candidate &candidate : completions.candidates) {
        if (candidate.word == "--log-level") break;
        text += " " + candidate.word;
    }
    return text;
}

} // namespace

TEST_CASE("at first come commands, and those below one after it") {
    CHECK(answer({""}) == ": copy help shop");
    CHECK(answer({"--quiet", ""}) == ": copy help shop");
    CHECK(answer({"--log-level", "info", "--", "-x"}) == ": copy help shop");
    CHECK(answer({"shop", ""}) == ": new");
    CHECK(answer({"shop", "new", ""}) == ": window");
    CHECK(answer({"help", ""}) == ": copy help shop");
    CHECK(answer({"help", "shop", ""}) == ": new");
    CHECK(answer({"help", "shop", "new", ""}) == ": window");
}

TEST_CASE("after a dash come the options that make sense once more") {
    CHECK(answer({"copy", "-"}) == ": --from -f --key -k --add --force -F --kind --to");
    CHECK(answer({"copy", "--from", "x", "-Fk", "y", "--add=1", "--"}) == ": --add --kind --to");
    CHECK(answer({"copy", "-Ffx", "big", "--k"}) == ": --key -k --add --to");
    CHECK(answer({"copy", "--", "-"}) == ": big new\nline");
    const Discovery discovery({}, ::geteuid());
    const auto shown = as_lines(complete({{"--verbose", "shop"}, "-"}, Catalog(some, discovery)));
    CHECK(shown.find("--quiet\t") != std::string::npos);
    CHECK(shown.find("--verbose\t") == std::string::npos);
}

TEST_CASE("an option's value is completed as it declares, in each way of writing it") {
    for (const char *option : {"--from", "-f", "-Ff"}) CHECK(answer({"copy", option, ""}) == "files :");
    CHECK(answer({"copy", "--from=/tm"}) == "files --from=:");
    CHECK(answer({"copy", "-f/tm"}) == "files -f:");
    CHECK(answer({"copy", "-Ff/tm"}) == "files -Ff:");
    CHECK(answer({"copy", "--from", "-"}) == "files :");
    CHECK(answer({"--config", ""}) == "files :");
    CHECK(answer({"--plugin-dir=x"}) == "directories --plugin-dir=:");
    CHECK(answer({"copy", "--add", ""}) == ":");
    CHECK(answer({"copy", "--force=t"}) == "--force=:");
}

TEST_CASE("what may be given without its name comes in its order, and last what may come again") {
    CHECK(answer({"copy", ""}) == ": big new\nline");
    CHECK(answer({"copy", "-F", "--add", "x", ""}) == ": big new\nline");
    CHECK(answer({"copy", "big", ""}) == "directories :");
    CHECK(answer({"copy", "--", "big", "a", "b", "-"}) == "directories :");
}

TEST_CASE("where nothing else is known options come without a dash") {
    CHECK(as_lines(complete({{"shop", "new", "window"}, ""}, Catalog(some, Discovery({}, ::geteuid()))))
              .find("--help\tShow this help and exit\n")
          != std::string::npos);
    CHECK(answer({"shop", "new", "window", "--", ""}) == ":");
}

TEST_CASE("a secret is completed from nothing") {
    CHECK(answer({"copy", "--key", ""}) == ":");
    CHECK(answer({"copy", "--key="}) == "--key=:");
    CHECK(answer({"copy", "-kx"}) == "-k:");
}

TEST_CASE("the directories of plugins are those that the typed line names before its command") {
    CHECK(plugin_directories({{"--plugin-dir", "a", "-q", "--plugin-dir=b", "copy", "--plugin-dir", "c"}, ""})
          == std::vector<std::string>{"a", "b"});
    CHECK(plugin_directories({{"--plugin-dir"}, "a"}).empty());
}

TEST_CASE("the answer is a line of what kind it is, and one for each candidate that has room in a line") {
    CHECK(as_lines({"--kind=", {{"big", "two\nlines"}, {"new\nline"}, {"x"}}, Completion::directory})
          == "directories\t--kind=\nbig\ttwo\\x0alines\nx\t\n");
    CHECK(as_lines({.candidates = {{"--from", "Whence"}}}) == "words\t\n--from\tWhence\n");
}

TEST_CASE("a description is a first sentence") {
    const Completions completions = complete({{"copy"}, "-"}, Catalog(some, Discovery({}, ::geteuid())));
    CHECK(completions.candidates.front().description == "Whence");
    CHECK(completions.candidates.back().description.back() != '.');
}
