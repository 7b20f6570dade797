#include "newcomer.hpp"

#include <stdexcept>

namespace test {

namespace fs = std::filesystem;
using support::Result;
using support::setting;

const fs::path &installed_tree() {
    static const support::TempDir directory;
    static const fs::path tree = [] {
        const fs::path stage = directory / "stage";
        const Result result =
            support::run({"meson", "install", "-C", setting("PCASCTL_TEST_BUILD"), "--no-rebuild", "--destdir", stage});
        if (result.exit_code != 0) throw std::runtime_error("meson install: " + result.out + result.err);
        fs::rename(stage.string() + setting("PCASCTL_TEST_PREFIX"), directory / "moved");
        return directory / "moved";
    }();
    return tree;
}

Newcomer::Newcomer() {
    how_.directory = directory_.path();
    how_.environment["HOME"] = directory_.path();
    how_.environment["PATH"] = (installed_tree() / "bin").string() + ":" + setting("PATH");
    how_.environment["PKG_CONFIG_PATH"] = installed_tree() / "share" / "pkgconfig";
    how_.environment["CMAKE_PREFIX_PATH"] = installed_tree();
}

Result Newcomer::shell(const std::string &script) const {
    // The host trusts no file that a group can write: what is built here does not depend on the umask of who tests.
    return support::run({"sh", "-euc", "umask 022\n" + script}, how_);
}

std::string Newcomer::must(const std::string &script) const {
    const Result result = shell(script);
    if (result.exit_code != 0)
        throw std::runtime_error(script + "\nended with " + std::to_string(result.exit_code) + ": " + result.out
                                 + result.err);
    return result.out;
}

void Newcomer::write(const std::string &name, const std::string &text) const {
    support::write_file(directory_ / name, text);
}

void Newcomer::copy(const std::string &path_in_project) const {
    const fs::path from = fs::path(setting("PCASCTL_TEST_SOURCE")) / path_in_project;
    write(from.filename(), support::read_file(from));
}

std::string Newcomer::exports_of(const std::string &file) const {
    return must("nm -D --defined-only " + file + " | cut -d' ' -f3");
}

} // namespace test
