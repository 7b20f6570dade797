// The README's table of backfill's options against the plugin's manifest. Each row begins with the options that it explains,
// as `--name` and `-n`; several may share one. What stands between an option and the next one says its default, as
// "(default: `10`)", and that it is required.
#include "common_options.hpp"
#include "plugin_file.hpp"
#include "process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <string>

using namespace host;

namespace {

// By long name: what is said of the option.
std::map<std::string, std::string> explained_options() {
    std::map<std::string, std::string> explained;
    std::istringstream readme(support::read_file(support::setting("PCASCTL_TEST_README")));
    const std::regex long_name("`--([a-z0-9-]+)[^`]*`");
    for (std::string line; std::getline(readme, line);) {
        if (line.rfind("| `--", 0) != 0) continue;
        const std::size_t first_cell_end = line.find(" |", 2);
        std::string cell = line.substr(0, first_cell_end);
        std::vector<std::pair<std::string, std::size_t>> names;
        for (std::sregex_iterator name(cell.begin(), cell.end(), long_name), end; name != end; ++name)
            names.emplace_back((*name)[1], static_cast<std::size_t>(name->position()));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::size_t end = i + 1 < names.size() ? names[i + 1].second : line.size();
            explained[names[i].first] = line.substr(names[i].second, end - names[i].second);
        }
    }
    return explained;
}

const Manifest &backfill() {
    static const PluginFile file = read_plugin_file(support::setting("PCASCTL_TEST_BACKFILL"), "backfill");
    REQUIRE(file.manifest);
    return *file.manifest;
}

// "100", of "... (default: `100`)" or "... (default: 100)"; "" if there is none.
std::string default_in(const std::string &text) {
    std::smatch found;
    return std::regex_search(text, found, std::regex("\\(default: `?([^`)]*)`?\\)")) ? found[1].str() : "";
}

bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the README explains every option of backfill, with its short name, its default and whether it is required") {
    const auto explained = explained_options();
    for (const Option &option : backfill().options) {
        CAPTURE(option.name);
        const auto found = explained.find(option.name);
        REQUIRE_MESSAGE(found != explained.end(), "the table of options in README.md lacks --" << option.name);
        const std::string &text = found->second;
        if (option.short_name != 0) CHECK(contains(text, std::string("`-") + option.short_name));
        CHECK(default_in(text) == option.default_value.value_or(""));
        CHECK(contains(text, "(required") == option.required);
    }
}

TEST_CASE("the README explains no option that is not there") {
    std::vector<std::string> names;
    for (const Option &option : joined(backfill().options, all_host_options())) names.push_back(option.name);
    for (const auto &option : explained_options()) {
        const std::string &name = option.first; // no structured binding: clang 14 can't capture one, and the macro does
        CHECK_MESSAGE(std::find(names.begin(), names.end(), name) != names.end(), name);
    }
}
