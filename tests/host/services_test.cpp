// Progress, directories and configuration tables, as a plugin gets them from the executable.
#include "program.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>

using support::Result;
using test::Program;

namespace {

std::string after(const std::string &text, const std::string &part) {
    const std::size_t at = text.find(part);
    return at == std::string::npos ? "'" + part + "' is not in " + text : text.substr(at + part.size());
}

} // namespace

TEST_CASE("on a terminal, progress is a line below the result and the log, and is gone at the end") {
    const Program program({"serves"});
    // script(1) gives its command a terminal; its stdout is that terminal's content.
    const std::string script = "script -qec \"$PCASCTL serves progress\" /dev/null </dev/null";
    const std::string shown = program.shell(script, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}).out;
    const std::string copying = "\rCopying: 0 of 3 files (0 %)\x1b[K";
    const std::string gone = "\r\x1b[K";
    // It stays away while a line of the result is not whole.
    CHECK(shown.rfind(copying + gone + "half a line\r\n" + copying + gone, 0) == 0);
    CHECK(after(shown, " odd file").rfind("\r\n" + copying + "\rReading: 0 bytes\x1b[K", 0) == 0);
    CHECK(shown.substr(shown.size() - gone.size()) == gone);
}

TEST_CASE("there is no live line where it would do harm: quiet, JSON, a dumb terminal, no terminal") {
    const Program program({"serves"});
    const auto shown = [&](const std::string &words, const std::string &terminal) {
        const std::string script = "script -qec \"$PCASCTL serves progress " + words + "\" /dev/null </dev/null";
        return program.shell(script, {{"TERM", terminal}}).out;
    };
    CHECK(shown("", "xterm").find("Copying") != std::string::npos);
    CHECK(shown("--quiet", "xterm").find("Copying") == std::string::npos);
    CHECK(shown("--log-format json", "xterm").find("Copying") == std::string::npos);
    CHECK(shown("", "dumb").find("Copying") == std::string::npos);
    const Result result = program.run({"serves", "progress"});
    CHECK(result.out == "half a line\n");
    CHECK(after(result.err, "Z ") == "warning odd file\n");
}

TEST_CASE("a command gets directories of its own, by XDG, which it alone can read") {
    const Program program({"serves"});
    const std::string home = program.root().path().string();
    const Result result =
        program.run({"serves", "directories"}, {.environment = {{"HOME", home}, {"XDG_CACHE_HOME", home + "/fast"}}});
    CHECK(result.out
          == home + "/.config/pcasctl/serves\n" + home + "/.local/state/pcasctl/serves\n" + home
                 + "/fast/pcasctl/serves\n");
    for (const char *made : {".config", ".local/state/pcasctl", "fast", "fast/pcasctl/serves"}) {
        struct stat status = {};
        REQUIRE(::stat((program.root() / made).c_str(), &status) == 0);
        CHECK_MESSAGE((status.st_mode & 07777) == 0700, made);
    }
}

TEST_CASE("a directory that cannot be had ends a command that needs it, with the reason") {
    const Program program({"serves"});
    CHECK(program.run({"serves", "directories"}, {.environment = {{"HOME", "home"}}}).err
          == "pcasctl serves: there is no place for the command's files: set HOME or XDG_CONFIG_HOME to an absolute "
             "path\n");
}

TEST_CASE("a table of the configuration file is handed over in its order, and needs no declaration") {
    const Program program({"serves"});
    const std::string file = (program.root() / "my.ini").string();
    support::write_file(file, "[serves.friends]\nzoe = Zoe Z\nada = Ada = A\n[serves]\nservice = config\n"
                              "[other.friends]\nbob = Bob\n[serves.friends]\nada = again\n");
    CHECK(program.run({"serves", "--config", file}).out
          == file + "\nzoe is Zoe Z\nada is Ada = A\nada is again\n0 foes\n");
    CHECK(program.run({"serves", "config"}).out == "\n0 foes\n");
}
