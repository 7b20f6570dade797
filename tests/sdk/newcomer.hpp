// A newcomer's machine, on which pcasctl has just been installed - and moved, for nothing may depend on the prefix that
// was configured. The SDK is all that they have: no source tree, no build tree.
#pragma once

#include "process.hpp"

#include <filesystem>
#include <string>

namespace test {

// Installed and moved once for all cases of a test program.
const std::filesystem::path &installed_tree();

class Newcomer {
public:
    Newcomer();

    // In the newcomer's own directory, with `pcasctl` in the PATH; pkg-config and CMake know where the SDK is.
    support::Result shell(const std::string &script) const;
    // The same, where everything must go well: stdout. A failure fails the test with all that was said.
    std::string must(const std::string &script) const;

    void write(const std::string &name, const std::string &text) const;
    // A source file of the project, as if the newcomer had written it.
    void copy(const std::string &path_in_project) const;

    // The names that a plugin exports, a line each.
    std::string exports_of(const std::string &file) const;

private:
    support::TempDir directory_;
    support::RunOptions how_;
};

} // namespace test
