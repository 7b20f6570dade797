// The Tab key, in every shell that pcasctl comes with a script for.
#include "shell.hpp"

#include <doctest/doctest.h>

#include <string>

using test::Shell;
namespace fs = std::filesystem;

namespace {

// Each case is run in each shell; the shell is named with what fails.
void in_every_shell(void (*check)(Shell &shell)) {
    for (const char *name : {"bash", "zsh", "fish"}) {
        CAPTURE(name);
        Shell shell(name);
        check(shell);
    }
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the Tab key completes commands, options and the values that an option declares") {
    in_every_shell([](Shell &shell) {
        shell.install_plugin("tally");
        CHECK(shell.completed("pcasctl bac") == "pcasctl backfill");
        CHECK(shell.completed("pcasctl help bac") == "pcasctl help backfill");
        CHECK(shell.completed("pcasctl --plug") == "pcasctl --plugin-dir");
        CHECK(shell.completed("pcasctl backfill --sq") == "pcasctl backfill --sqlite");
        CHECK(shell.completed("pcasctl tally --only w") == "pcasctl tally --only words");
        CHECK(shell.completed("pcasctl tally --only=w") == "pcasctl tally --only=words");
        CHECK(shell.completed("pcasctl backfill --output=j") == "pcasctl backfill --output=json");
        CHECK(shell.completed("pcasctl completion ba") == "pcasctl completion bash");
        CHECK(shell.completed("echo x | pcasctl --quiet bac") == "echo x | pcasctl --quiet backfill");
    });
}

TEST_CASE("the shell lists what is possible, with summaries where it shows any, and without what was given") {
    in_every_shell([](Shell &shell) {
        const std::string commands = shell.offered("pcasctl ");
        for (const char *command : {"backfill", "completion", "help", "plugins", "version"})
            CHECK_MESSAGE(contains(commands, command), commands);
        CHECK_FALSE(contains(commands, "__complete"));
        const std::string options = shell.offered("pcasctl backfill -s x --dry-run --");
        CHECK_MESSAGE(contains(options, "--batch-size"), options);
        CHECK_FALSE(contains(options, "--sqlite"));
    });
    for (const char *name : {"zsh", "fish"})
        CHECK(contains(Shell(name).offered("pcasctl "), "Add metadata to the vectors of events"));
}

TEST_CASE("where a file or a directory is meant the shell completes it in its own way") {
    in_every_shell([](Shell &shell) {
        shell.install_plugin("tally");
        support::write_file(shell.home() / "event log.db", "");
        support::write_file(shell.home() / "shelf", "");
        fs::create_directories(shell.home() / "shells/inner");
        for (const char *before : {"backfill --sqlite ", "backfill --sqlite=", "backfill -s ", "backfill -s", "tally ",
                                   "tally x -- ", "--config=", "backfill --config "})
            CHECK(shell.completed(std::string("pcasctl ") + before + "eve")
                  == std::string("pcasctl ") + before + "event\\ log.db");
        CHECK(shell.completed("pcasctl backfill -s \"event l") == "pcasctl backfill -s \"event log.db\"");
        CHECK(shell.completed("pcasctl backfill -s ~/eve") == "pcasctl backfill -s ~/event\\ log.db");
        for (const char *before : {"--plugin-dir ", "--plugin-dir="})
            CHECK(contains(shell.completed(std::string("pcasctl ") + before + "she"), "shells"));
    });
}

TEST_CASE("a plugin that is dropped in is completed at once, also from a directory that the line names") {
    in_every_shell([](Shell &shell) {
        CHECK(shell.completed("pcasctl hel") == "pcasctl help");
        CHECK(shell.completed("pcasctl tal") == "pcasctl tal");
        shell.install_plugin("tally");
        CHECK(shell.completed("pcasctl tal") == "pcasctl tally");
        shell.install_plugin("hello", "my plugins");
        for (const char *given : {"'my plugins'", "my\\ plugins", "~/my\\ plugins"}) {
            const std::string begin = std::string("pcasctl --plugin-dir ") + given + " ";
            CHECK(shell.completed(begin + "hello --sho") == begin + "hello --shout");
            CHECK(shell.completed(begin + "hell") == begin + "hello");
        }
    });
}

TEST_CASE("a secret is not completed, a wrong line is left alone, and neither shows an error") {
    in_every_shell([](Shell &shell) {
        shell.install_plugin("other-abi");
        support::write_file(shell.home() / "secret.txt", "");
        for (const char *line :
             {"pcasctl backfill -p sec", "pcasctl backfill --postgres=sec", "pcasctl nosuch sec",
              "pcasctl other-abi sec", "pcasctl backfill --nosuch=sec", "pcasctl backfill -s x -- --dry"}) {
            CHECK(shell.completed(line) == line);
            CHECK_MESSAGE(!contains(shell.screen(), "pcasctl:"), shell.screen());
            CHECK_MESSAGE(!contains(shell.screen(), "pcasctl backfill:"), shell.screen());
        }
    });
}

TEST_CASE("no plugin is loaded, and nothing that it declares or that was typed is run") {
    in_every_shell([](Shell &shell) {
        shell.install_plugin("constructs");
        shell.install_plugin("odd-choices");
        CHECK(shell.completed("pcasctl const") == "pcasctl constructs");
        CHECK(shell.completed("pcasctl constructs --verb") == "pcasctl constructs --verbose");
        CHECK(shell.completed("pcasctl odd-choices --one-of two") == "pcasctl odd-choices --one-of two\\ words");
        CHECK(shell.completed("pcasctl odd-choices --one-of=a:") == "pcasctl odd-choices --one-of=a:b");
        CHECK(contains(shell.offered("pcasctl odd-choices --one-of "), "touch"));
        CHECK(shell.completed("pcasctl --config $(touch ~/mark) bac") == "pcasctl --config $(touch ~/mark) backfill");
        CHECK_FALSE(fs::exists(shell.home() / "mark"));
    });
}
