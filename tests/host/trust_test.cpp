// Whom the host believes that a file is what the user put there. Owners can be changed by root only, so these cases run
// as root and are left out otherwise.
#include "process.hpp"
#include "trust.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace host;
namespace fs = std::filesystem;

namespace {

struct Place {
    support::TempDir root;
    fs::path directory = root / "plugins";
    fs::path file = directory / "x.so";

    Place() {
        fs::create_directory(directory);
        fs::permissions(directory, fs::perms(0755));
        support::write_file(file, "x");
        fs::permissions(file, fs::perms(0644));
    }
};

std::string judged(const fs::path &path) {
    const auto refusal = judge_trust(path, ::geteuid());
    return refusal ? refusal->reason : "trusted";
}

} // namespace

TEST_CASE("a file of the user in directories of the user is trusted, below a sticky /tmp too") {
    const Place place;
    CHECK(judged(place.file) == "trusted");
    CHECK(judged(place.directory) == "trusted");
    fs::permissions(place.root.path(), fs::perms(01777));
    CHECK(judged(place.file) == "trusted");
}

TEST_CASE("a file or directory that others can write is refused, with the way to mend it") {
    const Place place;
    fs::permissions(place.file, fs::perms(0664));
    CHECK(judged(place.file)
          == place.file.string() + " can be written by its group: take that away with 'chmod go-w "
                 + place.file.string() + "'");
    fs::permissions(place.file, fs::perms(0644));
    fs::permissions(place.directory, fs::perms(0757));
    const std::string of_directory = place.directory.string()
                                     + " can be written by everybody: take that away with 'chmod go-w "
                                     + place.directory.string() + "'";
    CHECK(judged(place.file) == of_directory);
    CHECK(judged(place.directory) == of_directory);
}

TEST_CASE("a directory high above counts as well") {
    const Place place;
    fs::permissions(place.root.path(), fs::perms(0775));
    CHECK(judged(place.file).find(place.root.path().string() + " can be written by its group") == 0);
}

TEST_CASE("a sticky directory is good enough on the way, not as the end") {
    const Place place;
    fs::permissions(place.directory, fs::perms(01777));
    CHECK(judged(place.file) == "trusted");
    CHECK(judged(place.directory).find("can be written by everybody") != std::string::npos);
}

TEST_CASE("a symbolic link is judged by every step to where it leads") {
    const Place place;
    const fs::path open = place.root / "open";
    fs::create_directory(open);
    fs::create_symlink(place.file, open / "hop");
    fs::create_symlink("../open/hop", place.directory / "link.so");
    CHECK(judged(place.directory / "link.so") == "trusted");
    fs::permissions(open, fs::perms(0777));
    CHECK(judged(place.directory / "link.so").find(open.string() + " can be written by everybody") == 0);
    fs::permissions(open, fs::perms(0755));
    fs::permissions(place.file, fs::perms(0666));
    CHECK(judged(place.directory / "link.so").find(place.file.string() + " can be written by everybody") == 0);
}

TEST_CASE("links that lead nowhere or in a circle are refused") {
    const Place place;
    fs::create_symlink("gone", place.directory / "dangling.so");
    CHECK(judged(place.directory / "dangling.so")
          == (place.directory / "gone").string() + ": No such file or directory");
    fs::create_symlink("circle.so", place.directory / "circle.so");
    CHECK(judged(place.directory / "circle.so")
          == (place.directory / "circle.so").string() + " leads through too many symbolic links");
}

TEST_CASE("what belongs to another user is refused" * doctest::skip(::geteuid() != 0)) {
    const Place place;
    constexpr uid_t somebody = 54321;
    REQUIRE(::chown(place.file.c_str(), somebody, somebody) == 0);
    CHECK(judged(place.file)
          == place.file.string()
                 + " belongs to user 54321, who is neither root nor you: give it to yourself with 'chown 0 "
                 + place.file.string() + "'");
    CHECK_FALSE(judge_trust(place.file, somebody));

    REQUIRE(::chown(place.file.c_str(), 0, 0) == 0);
    CHECK_FALSE(judge_trust(place.file, somebody));
    fs::create_symlink("x.so", place.directory / "link.so");
    REQUIRE(::lchown((place.directory / "link.so").c_str(), somebody, somebody) == 0);
    CHECK(judged(place.directory / "link.so").find("link.so belongs to user 54321") != std::string::npos);
}
