#include "program.hpp"

namespace test {

namespace fs = std::filesystem;
using support::setting;

fs::path built_plugin(const std::string &name) {
    const fs::path example = fs::path(setting("PCASCTL_TEST_EXAMPLES")) / name / (name + ".so");
    return fs::exists(example) ? example : fs::path(setting("PCASCTL_TEST_PLUGINS")) / (name + ".so");
}

Program::Program(const std::vector<std::string> &plugins) {
    fs::create_directory(directory());
    fs::permissions(directory(), fs::perms(0755));
    for (const std::string &plugin : plugins) {
        fs::copy_file(built_plugin(plugin), file(plugin));
        fs::permissions(file(plugin), fs::perms(0755));
    }
}

std::vector<std::string> Program::command_line(const std::vector<std::string> &words) const {
    std::vector<std::string> all = {setting("PCASCTL_TEST_PCASCTL"), "--plugin-dir", directory().string()};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

support::Result Program::run(const std::vector<std::string> &words, const support::RunOptions &options) const {
    return support::run(command_line(words), options);
}

support::Result Program::shell(const std::string &script, const std::map<std::string, std::string> &environment) const {
    support::RunOptions options{.environment = environment};
    options.environment["PCASCTL"] = setting("PCASCTL_TEST_PCASCTL") + " --plugin-dir " + directory().string();
    return support::run({"sh", "-c", script}, options);
}

} // namespace test
