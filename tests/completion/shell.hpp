// A shell in a terminal, as a user has it once pcasctl is installed: nothing but the shell's own way of finding
// completions leads to ours.
#pragma once

#include "process.hpp"
#include "terminal.hpp"

#include <filesystem>
#include <string>

namespace test {

class Shell {
public:
    // "bash", "zsh" or "fish".
    explicit Shell(const std::string &name);

    // What the Tab key makes of a line, without the space that a shell puts behind a word that is complete.
    std::string completed(const std::string &line);

    // What the shell shows when it has several completions for a line.
    std::string offered(const std::string &line);

    // All that completed() made the shell show.
    const std::string &screen() const { return screen_; }

    // Puts one of the built plugins into a directory of the user's, which is made if need be.
    void install_plugin(const std::string &name, const std::string &directory = ".local/share/pcasctl/plugins") const;

    // The user's home, where the shell was started.
    const std::filesystem::path &home() const { return home_.path(); }

private:
    std::string name_;
    support::TempDir home_;
    Terminal terminal_;
    std::string screen_;
};

} // namespace test
