// Where plugins are looked for, in which order, and which of several is taken.
#include "discovery.hpp"
#include "error_of.hpp"
#include "process.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

#include <string>
#include <unistd.h>

using namespace host;
using support::setting;
using test::variables;
namespace fs = std::filesystem;

namespace {

std::string shown(const std::vector<SearchDirectory> &directories) {
    std::string text;
    for (const SearchDirectory &directory : directories)
        text +=
            origin_name(directory.origin) + "=" + directory.path.string() + (directory.refusal ? "(refused) " : " ");
    return text;
}

void put_hello(const fs::path &file) {
    fs::create_directories(file.parent_path());
    fs::copy_file(setting("PCASCTL_TEST_EXAMPLES") + "/hello/hello.so", file);
    fs::permissions(file, fs::perms(0755));
}

Discovery over(const std::vector<fs::path> &directories, Origin origin = Origin::environment) {
    std::vector<SearchDirectory> path;
    path.reserve(directories.size());
    for (const fs::path &directory : directories) path.push_back({directory, origin});
    return {path, ::geteuid()};
}

std::string states(const Listing &listing) {
    std::string text;
    for (const FoundPlugin &found : listing.plugins)
        text += found.file.filename().string() + ":"
                + (!found.shadowed_by.empty() ? "shadowed"
                   : found.plugin.refusal     ? "refused"
                                              : "ok")
                + " ";
    return text;
}

} // namespace

TEST_CASE("the search path is --plugin-dir, PCASCTL_PLUGIN_PATH, the user's directory, the system's directory") {
    const Environment environment(
        {{"PCASCTL_PLUGIN_PATH", "/e1:/e2"}, {"XDG_DATA_HOME", "/data"}, {"HOME", "/home/ada"}});
    const std::string path = shown(search_path({"/a", "/b/"}, environment, "/opt/bin/pcasctl"));
    CHECK(path.find("--plugin-dir=/a --plugin-dir=/b PCASCTL_PLUGIN_PATH=/e1 PCASCTL_PLUGIN_PATH=/e2 "
                    "user=/data/pcasctl/plugins system=/opt/")
          == 0);
    CHECK(path.find("..") == std::string::npos);
    CHECK(shown(search_path({}, variables({{"HOME", "/home/ada"}}), "/opt/bin/pcasctl"))
              .find("user=/home/ada/.local/share/pcasctl/plugins system=")
          == 0);
}

TEST_CASE("the working directory is never searched by accident") {
    const Environment environment = variables({{"PCASCTL_PLUGIN_PATH", "::.:plugins:/e::"}, {"HOME", "here"}});
    CHECK(
        shown(search_path({}, environment, "/opt/bin/pcasctl"))
            .find("PCASCTL_PLUGIN_PATH=.(refused) PCASCTL_PLUGIN_PATH=plugins(refused) PCASCTL_PLUGIN_PATH=/e system=")
        == 0);
}

TEST_CASE("a directory that is named twice is searched once") {
    const Environment environment = variables({{"PCASCTL_PLUGIN_PATH", "/a/:/a"}});
    CHECK(shown(search_path({"/a"}, environment, "/opt/bin/pcasctl")).find("--plugin-dir=/a system=") == 0);
}

TEST_CASE("the first directory that has the file wins, and the others are shadowed") {
    const support::TempDir root;
    put_hello(root / "two/hello.so");
    put_hello(root / "three/hello.so");
    const Discovery discovery = over({root / "one", root / "two", root / "three"});
    CHECK(discovery.find("hello")->file == root / "two/hello.so");
    CHECK_FALSE(discovery.find("hello")->plugin.refusal);
    CHECK_FALSE(discovery.find("other"));

    const Listing listing = discovery.list();
    CHECK(states(listing) == "hello.so:ok hello.so:shadowed ");
    CHECK(listing.plugins[1].shadowed_by == root / "two/hello.so");
    REQUIRE(listing.directories.size() == 3);
    CHECK_FALSE(listing.directories[0].exists);
    CHECK(listing.directories[1].plugins == 1);
}

TEST_CASE("a first match that cannot be used is not passed over") {
    const support::TempDir root;
    fs::create_directory(root / "one");
    support::write_file(root / "one/hello.so", "not a library");
    put_hello(root / "two/hello.so");
    const Discovery discovery = over({root / "one", root / "two"});
    CHECK(discovery.find("hello")->file == root / "one/hello.so");
    CHECK(discovery.find("hello")->plugin.refusal->reason == "is not a shared library (ELF)");
    CHECK(states(discovery.list()) == "hello.so:refused hello.so:shadowed ");

    fs::remove(root / "one/hello.so");
    fs::create_symlink("gone", root / "one/hello.so");
    CHECK(discovery.find("hello")->plugin.refusal);
}

TEST_CASE("every *.so is listed in the order of the names, whatever it is, and nothing else is") {
    const support::TempDir root;
    put_hello(root / "p/hello.so");
    for (const char *name :
         {"b.so", "a b.so", "new\nline.so", "readme.txt", ".hidden.so", ".so", "libx.so.1", "help.so"})
        support::write_file(root / "p" / name, "x");
    fs::create_directory(root / "p/folder.so");
    const Listing listing = over({root / "p"}).list();
    CHECK(states(listing)
          == "a b.so:refused b.so:refused folder.so:refused hello.so:ok help.so:refused new\nline.so:refused ");
    CHECK(listing.plugins[0].plugin.refusal->reason.find("is not called after a command") == 0);
    CHECK(listing.plugins[2].plugin.refusal->reason == "is a directory, not a library");
    CHECK(listing.plugins[4].plugin.refusal->reason
          == "'help' is a name that pcasctl keeps for itself: rename the command");
}

TEST_CASE("a plugin in a directory that others can write is refused, looked up or listed") {
    const support::TempDir root;
    put_hello(root / "p/hello.so");
    fs::permissions(root / "p", fs::perms(0777));
    const Discovery discovery = over({root / "p"});
    const std::string reason = (root / "p").string() + " can be written by everybody: take that away with 'chmod go-w "
                               + (root / "p").string() + "'";
    CHECK(discovery.find("hello")->plugin.refusal->reason == reason);
    const Listing listing = discovery.list();
    CHECK(listing.plugins[0].plugin.refusal->reason == reason);
    CHECK(listing.directories[0].refusal->reason == reason);
}

TEST_CASE("a plugin is not taken from a sticky directory, into which everybody can put one") {
    const support::TempDir root;
    put_hello(root / "p/hello.so");
    fs::permissions(root / "p", fs::perms(01777));
    const auto found = over({root / "p"}).find("hello");
    REQUIRE(found->plugin.refusal);
    CHECK(found->plugin.refusal->reason.find((root / "p").string() + " can be written by everybody") == 0);
    CHECK(over({root / "p"}).list().plugins[0].plugin.refusal);
}

TEST_CASE("a --plugin-dir that cannot be searched is an error, another directory is passed over") {
    const support::TempDir root;
    support::write_file(root / "file", "x");
    put_hello(root / "p/hello.so");
    CHECK(test::error_of([&] { over({root / "file"}, Origin::command_line).find("hello"); })
          == "2: --plugin-dir " + (root / "file").string() + ": cannot be searched: Not a directory");
    CHECK(over({root / "file", root / "p"}).find("hello")->file == root / "p/hello.so");
    CHECK(over({root / "file"}).list().directories[0].refusal->reason == "cannot be read: Not a directory");
}
