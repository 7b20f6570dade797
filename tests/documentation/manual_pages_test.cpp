// The manual pages as they are installed.
#include "newcomer.hpp"

#include <doctest/doctest.h>

#include <string>

using support::Result;

namespace {

std::string page(const std::string &name) {
    return test::installed_tree() / "share/man/man1" / (name + ".1");
}

// "--name" of each line of help that begins with an option.
std::vector<std::string> options_in(const std::string &help) {
    std::vector<std::string> options;
    for (std::size_t at = 0; (at = help.find("\n  ", at)) != std::string::npos; ++at) {
        const std::string line = help.substr(at + 1, help.find('\n', at + 1) - at - 1);
        const std::size_t name = line.find("--");
        if (name == 6) options.push_back(line.substr(name, line.find(' ', name) - name));
    }
    return options;
}

} // namespace

TEST_CASE("the pages of pcasctl and backfill are installed, in order, and name every option that help names") {
    const test::Newcomer newcomer;
    for (const auto &[name, help] :
         {std::pair("pcasctl", "--help"), std::pair("pcasctl-backfill", "backfill --help")}) {
        const Result lint = support::run({"mandoc", "-T", "lint", "-W", "warning", page(name)});
        CHECK_MESSAGE(lint.exit_code == 0, lint.out);
        const std::string text = newcomer.must("mandoc -T utf8 " + page(name) + " | sed 's/.\x08//g'");
        for (const char *section : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS",
                                    "EXAMPLES", "SEE ALSO"})
            CHECK_MESSAGE(text.find("\n" + std::string(section) + "\n") != std::string::npos, section);
        const auto options = options_in(newcomer.must(std::string("pcasctl ") + help));
        CHECK(options.size() > 6);
        for (const std::string &option : options) CHECK_MESSAGE(text.find(option) != std::string::npos, option);
    }
}

TEST_CASE("a page bears the date that the builder gives it") {
    const test::Newcomer newcomer;
    CHECK(newcomer.must("SOURCE_DATE_EPOCH=86400 pcasctl help --man backfill").find(".Dd January 2, 1970\n") == 0);
}
