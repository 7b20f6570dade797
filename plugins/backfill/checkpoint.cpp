#include "checkpoint.hpp"

#include "id_member.hpp"
#include "metadata.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <stdexcept>

namespace backfill {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *format_name = "pcasctl backfill checkpoint";
constexpr int format_version = 1;

Json to_json(const std::optional<EventId> &id) {
    if (!id) return nullptr;
    Json json = Json::object();
    add_id(json, *id);
    return json;
}

// Takes the members out of an object one by one: what is left at the end is not ours.
class Members {
public:
    Members(std::string name, Json json) : name_(std::move(name)), json_(std::move(json)) {
        if (!json_.is_object()) throw std::invalid_argument(fmt::format("{} is not a JSON object", name_));
    }

    Json take(const char *key) {
        const auto found = json_.find(key);
        if (found == json_.end()) throw std::invalid_argument(fmt::format("{} has no '{}'", name_, key));
        Json value = std::move(*found);
        json_.erase(found);
        return value;
    }

    bool flag(const char *key) {
        const Json value = take(key);
        if (!value.is_boolean()) throw std::invalid_argument(fmt::format("{}: '{}' is not true or false", name_, key));
        return value.get<bool>();
    }

    std::string text(const char *key) {
        Json value = take(key);
        if (!value.is_string()) throw std::invalid_argument(fmt::format("{}: '{}' is not a text", name_, key));
        return std::move(value.get_ref<std::string &>());
    }

    std::int64_t integer(const char *key, std::int64_t least) {
        const Json value = take(key);
        const bool too_large =
            value.is_number_unsigned()
            && value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!value.is_number_integer() || too_large || value.get<std::int64_t>() < least)
            throw std::invalid_argument(fmt::format("{}: '{}' is not an integer in range", name_, key));
        return value.get<std::int64_t>();
    }

    EventId id() {
        std::optional<EventId> id = id_in(json_);
        if (!id) throw std::invalid_argument(fmt::format("{} has no id", name_));
        json_.erase("id");
        json_.erase("id_hex");
        return std::move(*id);
    }

    void end() const {
        if (!json_.empty())
            throw std::invalid_argument(
                fmt::format("{} has a '{}', which no checkpoint has", name_, json_.items().begin().key()));
    }

private:
    std::string name_;
    Json json_;
};

std::optional<Mark> mark_of(const char *name, Json json) {
    if (json.is_null()) return std::nullopt;
    Members members(name, std::move(json));
    const std::int64_t rowid = members.integer("rowid", std::numeric_limits<std::int64_t>::min());
    Mark mark{rowid, members.id()};
    members.end();
    return mark;
}

std::optional<EventId> id_of(const char *name, Json json) {
    if (json.is_null()) return std::nullopt;
    Members members(name, std::move(json));
    EventId id = members.id();
    members.end();
    return id;
}

Tally tally_of(Json json) {
    Members members("counts", std::move(json));
    const Tally tally{members.integer("updated", 0), members.integer("unchanged", 0), members.integer("no_vector", 0),
                      members.integer("failed", 0)};
    members.end();
    return tally;
}

Target target_of(Json json) {
    Members members("target", std::move(json));
    Target target{members.text("server"), members.text("database"), members.text("table"), members.text("table_oid")};
    members.end();
    return target;
}

void require_format(Members &members) {
    if (members.text("format") != format_name) throw std::invalid_argument(fmt::format("it is not a {}", format_name));
    if (members.integer("version", 0) != format_version)
        throw std::invalid_argument(
            fmt::format("it is of another version than {}, which this pcasctl writes", format_version));
    if (members.integer("extraction", 0) != extraction_version)
        throw std::invalid_argument(
            "it is of a pcasctl that extracted other metadata: the events before it have to be processed again");
}

} // namespace

std::string to_text(const Checkpoint &checkpoint) {
    const Tally &tally = checkpoint.tally;
    const Target &target = checkpoint.target;
    const Json json{{"format", format_name},
                    {"version", format_version},
                    {"extraction", extraction_version},
                    {"finished", checkpoint.finished},
                    {"events", to_json(checkpoint.position.events)},
                    {"nodes", to_json(checkpoint.position.graph)},
                    {"witness", to_json(checkpoint.witness)},
                    {"counts",
                     {{"updated", tally.updated},
                      {"unchanged", tally.unchanged},
                      {"no_vector", tally.no_vector},
                      {"failed", tally.failed}}},
                    {"target",
                     {{"server", target.server},
                      {"database", target.database},
                      {"table", target.table},
                      {"table_oid", target.table_oid}}}};
    return json.dump(2) + "\n";
}

Checkpoint parse_checkpoint(std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) throw std::invalid_argument("it is not well-formed JSON");
    Members members("it", std::move(json));
    require_format(members);
    Checkpoint checkpoint;
    checkpoint.finished = members.flag("finished");
    checkpoint.position = {mark_of("events", members.take("events")), mark_of("nodes", members.take("nodes"))};
    checkpoint.witness = id_of("witness", members.take("witness"));
    checkpoint.tally = tally_of(members.take("counts"));
    checkpoint.target = target_of(members.take("target"));
    members.end();
    return checkpoint;
}

} // namespace backfill
