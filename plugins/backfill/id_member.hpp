// The id of an event in the JSON that we write for ourselves and read again: "id", or, where its bytes are not UTF-8 and
// so cannot stand in JSON, "id_hex". No id is lost or altered on the way.
#pragma once

#include "event.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace backfill {

void add_id(nlohmann::ordered_json &object, const EventId &id);

// Nothing unless the object has exactly one of the two, in order.
std::optional<EventId> id_in(const nlohmann::ordered_json &object);

} // namespace backfill
