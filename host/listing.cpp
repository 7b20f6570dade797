#include "listing.hpp"

#include "escape.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace host {
namespace {

constexpr const char *unknown = "-";

const char *state(const FoundPlugin &found) {
    if (!found.shadowed_by.empty()) return "shadowed";
    return found.plugin.refusal ? "refused" : "ok";
}

std::string version(const FoundPlugin &found) {
    return found.plugin.manifest ? escape(found.plugin.manifest->version) : unknown;
}

std::string abi(const FoundPlugin &found) {
    return found.plugin.abi ? fmt::format("{}.{}", found.plugin.abi->major, found.plugin.abi->minor) : unknown;
}

std::string directory_state(const DirectoryState &state) {
    if (state.refusal) return "refused: " + state.refusal->reason;
    if (!state.exists) return "not there";
    return state.plugins == 1 ? "1 plugin" : fmt::format("{} plugins", state.plugins);
}

using Row = std::array<std::string, 5>;

// The last column is as wide as it likes.
std::string table_line(const Row &row, const std::array<std::size_t, 4> &widths) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
        line += row[column];
        line.append(widths[column] - character_count(row[column]) + 2, ' ');
    }
    return line + row.back() + "\n";
}

std::string below(const FoundPlugin &found) {
    std::string lines;
    if (!found.shadowed_by.empty()) lines += fmt::format("    shadowed by {}\n", escape(found.shadowed_by.string()));
    if (found.plugin.refusal) lines += fmt::format("    {}\n", found.plugin.refusal->reason);
    return lines;
}

std::string table(const std::vector<FoundPlugin> &plugins) {
    std::vector<Row> rows = {{"COMMAND", "VERSION", "ABI", "STATE", "FILE"}};
    for (const FoundPlugin &found : plugins)
        rows.push_back({escape(found.command), version(found), abi(found), state(found), escape(found.file.string())});
    std::array<std::size_t, 4> widths = {};
    for (const Row &row : rows)
        for (std::size_t column = 0; column < widths.size(); ++column)
            widths[column] = std::max(widths[column], character_count(row[column]));
    std::string text = table_line(rows.front(), widths);
    for (std::size_t i = 0; i < plugins.size(); ++i) text += table_line(rows[i + 1], widths) + below(plugins[i]);
    return text;
}

nlohmann::ordered_json plugin_json(const FoundPlugin &found) {
    nlohmann::ordered_json json;
    json["command"] = found.command;
    json["version"] = found.plugin.manifest ? nlohmann::ordered_json(found.plugin.manifest->version) : nullptr;
    json["abi"] = found.plugin.abi ? nlohmann::ordered_json(abi(found)) : nullptr;
    json["state"] = state(found);
    json["file"] = found.file.string();
    json["origin"] = origin_name(found.origin);
    if (!found.shadowed_by.empty()) json["shadowed_by"] = found.shadowed_by.string();
    if (found.plugin.refusal) json["reason"] = found.plugin.refusal->reason;
    return json;
}

nlohmann::ordered_json directory_json(const DirectoryState &state) {
    nlohmann::ordered_json json;
    json["directory"] = state.directory.path.string();
    json["origin"] = origin_name(state.directory.origin);
    json["state"] = state.refusal ? "refused" : state.exists ? "ok" : "not there";
    json["plugins"] = state.plugins;
    if (state.refusal) json["reason"] = state.refusal->reason;
    return json;
}

} // namespace

std::string listing_text(const Listing &listing) {
    std::string text = listing.plugins.empty() ? "No plugins.\n" : table(listing.plugins);
    text += "\nSearched, in this order:\n";
    for (const DirectoryState &state : listing.directories)
        text += fmt::format("  {} ({}): {}\n", escape(state.directory.path.string()),
                            origin_name(state.directory.origin), directory_state(state));
    return text;
}

std::string listing_json(const Listing &listing) {
    nlohmann::ordered_json json;
    json["plugins"] = nlohmann::ordered_json::array();
    for (const FoundPlugin &found : listing.plugins) json["plugins"].push_back(plugin_json(found));
    json["search_path"] = nlohmann::ordered_json::array();
    for (const DirectoryState &state : listing.directories) json["search_path"].push_back(directory_json(state));
    // File names are bytes, and JSON is UTF-8.
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace host
