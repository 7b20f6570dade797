#include "position.hpp"

#include "id_member.hpp"

#include <fmt/format.h>

namespace backfill {
namespace {

// The id in quotes, and with nothing in it that a terminal would act on.
std::string described(const Mark &mark, const char *table) {
    using Json = nlohmann::json;
    const std::string id = Json(mark.id.text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return fmt::format("event {} (row {} of {})", id, mark.rowid, table);
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
