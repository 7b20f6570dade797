#include "position.hpp"

#include "id_member.hpp"
#include "terminal_text.hpp"

#include <fmt/format.h>

namespace backfill {
namespace {

std::string described(const Mark &mark, const char *table) {
    return fmt::format("event {} (row {} of {})", quoted(mark.id.text), mark.rowid, table);
}

} // namespace

nlohmann::ordered_json to_json(const std::optional<Mark> &mark) {
    if (!mark) return nullptr;
    nlohmann::ordered_json json{{"rowid", mark->rowid}};
    add_id(json, mark->id);
    return json;
}

std::string described(const Position &position) {
    if (!position.graph) return position.events ? described(*position.events, "events") : "the first event";
    if (!position.events) return described(*position.graph, "nodes");
    return described(*position.events, "events") + " and " + described(*position.graph, "nodes");
}

} // namespace backfill
