// Every command that can be typed, the host's own and the plugins'.
#include "catalog.hpp"
#include "commands/own_commands.hpp"
#include "error_of.hpp"

#include <doctest/doctest.h>

#include <string>
#include <unistd.h>

using namespace host;

namespace {

OwnCommand own(const std::string &name, std::vector<Option> options = {}) {
    return {{.command = name, .summary = "Do " + name, .options = std::move(options)}, nullptr};
}

const std::vector<OwnCommand> some = {own("shop"), own("shop new"), own("shop new window"),
                                      own("help", {{.name = "topic", .repeatable = true, .positional = true}})};

struct Place {
    Discovery discovery{{}, ::geteuid()};
    Catalog catalog{some, discovery};

    std::string found(const std::vector<std::string> &words) const {
        const Command command = catalog.at_the_start_of(words);
        return command.name + " " + std::to_string(command.words);
    }
};

} // namespace

TEST_CASE("of the host's own commands the longest name counts that the words begin with") {
    const Place place;
    CHECK(place.found({"shop"}) == "shop 1");
    CHECK(place.found({"shop", "--all", "new"}) == "shop 1");
    CHECK(place.found({"shop", "new", "-x"}) == "shop new 2");
    CHECK(place.found({"shop", "new", "window", "x"}) == "shop new window 3");
    CHECK(place.found({"help", "shop"}) == "help 1");
    CHECK(place.catalog.at_the_start_of({"shop"}).below.size() == 2);
    CHECK(place.catalog.at_the_start_of({"shop", "new"}).below.size() == 1);
}

TEST_CASE("a word that is no command below one that takes no words is an unknown command") {
    const Place place;
    const std::string end = " 'pcasctl --help' lists the commands, 'pcasctl plugins' where they are looked for";
    CHECK(test::error_of([&] {
              place.found({"shop", "nwe"});
          })
          == "2: unknown command 'shop nwe'; did you mean shop new?" + end);
    CHECK(test::error_of([&] {
              place.catalog.named({"shop", "new", "x"});
          })
          == "2: unknown command 'shop new x'; did you mean shop new?" + end);
}

TEST_CASE("no plugin can take the name of one of the host's own commands") {
    for (const OwnCommand &command : own_commands()) {
        const std::string &name = command.manifest.command;
        const std::string first = name.substr(0, name.find(' '));
        CHECK_MESSAGE((is_reserved_command(first) || !is_name(first)), name);
    }
}
