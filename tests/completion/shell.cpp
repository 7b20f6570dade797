#include "shell.hpp"

#include "newcomer.hpp"
#include "program.hpp"

namespace test {

namespace fs = std::filesystem;
using support::setting;

namespace {

constexpr const char *prompt = "READY ";
// What the files in shells/ bind to this key shows the line between brackets, and empties it.
constexpr const char *show_line = "\x18s";

void prepare(const fs::path &home, const std::string &shell) {
    const std::map<std::string, std::string> places = {
        {"bash", ".bashrc"}, {"zsh", ".zshrc"}, {"fish", ".config/fish/config.fish"}};
    const fs::path file = home / places.at(shell);
    fs::create_directories(file.parent_path());
    fs::copy_file(fs::path(setting("PCASCTL_TEST_SHELLS")) / shell, file);
}

std::map<std::string, std::string> environment(const fs::path &home) {
    const std::string installed = installed_tree();
    return {{"HOME", home},
            {"INSTALLED", installed},
            {"LANG", "C.UTF-8"},
            {"MARK", home / "mark"},
            {"PATH", installed + "/bin:/usr/bin:/bin"},
            {"TERM", "dumb"},
            {"XDG_DATA_DIRS", installed + "/share:/usr/share"}};
}

Terminal started(const std::string &name, const fs::path &home) {
    prepare(home, name);
    return {{name, "-i"}, environment(home), home};
}

} // namespace

Shell::Shell(const std::string &name) : name_(name), terminal_(started(name, home())) {
    terminal_.shown_until(prompt);
}

std::string Shell::completed(const std::string &line) {
    terminal_.type(line + "\t" + show_line);
    screen_ = terminal_.shown_until("[[");
    std::string completed = terminal_.shown_until("]]");
    terminal_.shown_until(prompt);
    while (!completed.empty() && completed.back() == ' ') completed.pop_back();
    return completed;
}

std::string Shell::offered(const std::string &line) {
    // Fish shows a list that one walks through, which no other program can read; and has a command for those.
    const std::string ask = "complete --do-complete '" + line + "'; echo '[''['; echo ']'']'\n";
    terminal_.type(name_ == "fish" ? ask : line + "\t" + show_line);
    std::string offered = terminal_.shown_until("[[");
    terminal_.shown_until("]]");
    terminal_.shown_until(prompt);
    return offered;
}

void Shell::install_plugin(const std::string &name, const std::string &directory) const {
    const fs::path file = home() / directory / (name + ".so");
    fs::create_directories(file.parent_path());
    fs::permissions(file.parent_path(), fs::perms(0755));
    fs::copy_file(built_plugin(name), file);
    fs::permissions(file, fs::perms(0755));
}

} // namespace test
