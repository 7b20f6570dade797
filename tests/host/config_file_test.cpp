// The configuration file: what is read from it, and what is said of a wrong one without showing a value.
#include "config_file.hpp"
#include "error_of.hpp"
#include "process.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;
using namespace std::string_literals;
using test::error_of;
using test::variables;

namespace {

std::string shown(const ConfigFile &file) {
    std::string text;
    for (const ConfigEntry &entry : file.entries) text += entry.section + "/" + entry.key + "=" + entry.value + " ";
    return text;
}

std::string error(const std::string &text) {
    return error_of([&] { parse_config("/etc/x.ini", text); });
}

} // namespace

TEST_CASE("sections, comments, spaces and CRLF are understood") {
    CHECK(shown(parse_config(
              "x", "# all\n[pcasctl]\nlog-level = debug\r\n\n  # more\n[hello]\n name=Ada = Countess \nname=B\n"))
          == "pcasctl/log-level=debug hello/name=Ada = Countess hello/name=B ");
    CHECK(shown(parse_config("x", "")).empty());
}

TEST_CASE("a '#' inside a line is refused, for the value would be cut there, and the value is not shown") {
    CHECK(error("[a]\nurl = postgres://me:pass#word@host\n")
          == "2: configuration file /etc/x.ini, line 2: a '#' is allowed at the start of a line only; give such a "
             "value by the "
             "environment");
}

TEST_CASE("lines of no form are named by number, not shown") {
    CHECK(error("[a]\nhunter2\n") == "2: configuration file /etc/x.ini, line 2: is neither [section] nor name = value");
    CHECK(error("= hunter2") == "2: configuration file /etc/x.ini, line 1: is neither [section] nor name = value");
    CHECK(error("[]\nx = 1") == "2: configuration file /etc/x.ini, line 1: is neither [section] nor name = value");
    CHECK(error("[a]\nx = 1\0"
                "2\n"s)
          == "2: configuration file /etc/x.ini, line 2: holds a NUL character");
}

TEST_CASE("a name before any section is refused") {
    CHECK(error("name = 5\n")
          == "2: configuration file /etc/x.ini: 'name' stands before any section: put [pcasctl] or [<subcommand>] "
             "above it");
}

TEST_CASE("a file that was asked for must be there; the user's own need not") {
    const support::TempDir directory;
    const Environment environment = variables({{"XDG_CONFIG_HOME", directory.path().string()}});
    CHECK(load_config(std::nullopt, environment).path.empty());
    const std::string missing = (directory / "none.ini").string();
    CHECK(error_of([&] { load_config(missing, environment); })
          == "2: configuration file " + missing + ": cannot be opened: No such file or directory");
    CHECK(error_of([&] { load_config(directory.path().string(), environment); })
          == "2: configuration file " + directory.path().string() + ": cannot be read: Is a directory");

    std::filesystem::create_directory(directory / "pcasctl");
    support::write_file(directory / "pcasctl/pcasctl.ini", "[a]\nb = c\n");
    CHECK(shown(load_config(std::nullopt, environment)) == "a/b=c ");
    support::write_file(directory / "other.ini", "[d]\ne = f\n");
    CHECK(shown(load_config((directory / "other.ini").string(), environment)) == "d/e=f ");
}

TEST_CASE("without XDG_CONFIG_HOME the file is under HOME, and a relative path counts as none") {
    const support::TempDir home;
    std::filesystem::create_directories(home / ".config/pcasctl");
    support::write_file(home / ".config/pcasctl/pcasctl.ini", "[a]\nb = c\n");
    CHECK(shown(load_config(std::nullopt, variables({{"HOME", home.path().string()}}))) == "a/b=c ");
    CHECK(shown(load_config(std::nullopt, variables({{"HOME", home.path().string()}, {"XDG_CONFIG_HOME", "here"}})))
          == "a/b=c ");
    CHECK(load_config(std::nullopt, variables({})).path.empty());
}

TEST_CASE("a file without end is not read to its end") {
    CHECK(error_of([] { load_config("/dev/zero", variables({})); })
          == "2: configuration file /dev/zero: is larger than 1 MiB");
}
