// A command's own directories: where they are, how they are made, and when there is none.
#include "command_directory.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace host;
namespace fs = std::filesystem;

namespace {

std::variant<fs::path, Refusal> cache(const fs::path &home) {
    return command_directory(DirectoryKind::cache, "hello",
                             Environment(std::map<std::string, std::string>{{"HOME", home}}), ::geteuid());
}

std::string reason(const std::variant<fs::path, Refusal> &found) {
    const auto *refusal = std::get_if<Refusal>(&found);
    return refusal != nullptr ? refusal->reason : "none";
}

} // namespace

TEST_CASE("it is made once, and keeps the permissions that its owner gave it") {
    const support::TempDir home;
    const fs::path directory = std::get<fs::path>(cache(home.path()));
    CHECK(directory == home / ".cache/pcasctl/hello");
    CHECK(fs::status(directory).permissions() == fs::perms(0700));
    fs::permissions(directory, fs::perms(0755));
    CHECK(std::get<fs::path>(cache(home.path())) == directory);
    CHECK(fs::status(directory).permissions() == fs::perms(0755));
}

TEST_CASE("a place where others can write is none") {
    const support::TempDir home;
    const fs::path directory = std::get<fs::path>(cache(home.path()));
    fs::permissions(directory, fs::perms(0777));
    CHECK(reason(cache(home.path()))
          == directory.string() + " can be written by everybody: take that away with 'chmod go-w " + directory.string()
                 + "'");
}

TEST_CASE("a file in its place is told, and so is a place where nothing can be made") {
    const support::TempDir home;
    support::write_file(home / ".cache", "");
    CHECK(reason(cache(home.path())) == (home / ".cache").string() + " is not a directory: move it away");
    CHECK(reason(cache("/proc/pcasctl")) == "the directory /proc/pcasctl cannot be made: No such file or directory");
}

TEST_CASE("a kind that this host does not know has none") {
    const support::TempDir home;
    CHECK(reason(command_directory(static_cast<DirectoryKind>(9), "hello",
                                   Environment(std::map<std::string, std::string>{{"HOME", home.path()}}), ::geteuid()))
          == "this pcasctl has no directories of that kind; install a newer pcasctl");
}
