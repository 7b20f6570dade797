// pcasctl with a plugin directory of its own, for the tests that run the executable.
#pragma once

#include "process.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace test {

class Program {
public:
    // The directory holds copies of these plugins: the examples and those under tests/host/plugins.
    explicit Program(const std::vector<std::string> &plugins);

    // pcasctl --plugin-dir <directory> <words>
    support::Result run(const std::vector<std::string> &words, const support::RunOptions &options = {}) const;
    std::vector<std::string> command_line(const std::vector<std::string> &words) const;

    // What a shell makes of it, "$PCASCTL" being the call with the plugin directory: for redirections.
    support::Result shell(const std::string &script, const std::map<std::string, std::string> &environment = {}) const;

    std::filesystem::path file(const std::string &plugin) const { return directory() / (plugin + ".so"); }
    std::filesystem::path directory() const { return root_ / "plugins"; }
    const support::TempDir &root() const { return root_; }

private:
    support::TempDir root_;
};

inline bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

// Where the build left the plugin.
std::filesystem::path built_plugin(const std::string &name);

} // namespace test
