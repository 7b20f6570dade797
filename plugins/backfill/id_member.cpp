#include "id_member.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <utility>

namespace backfill {
namespace {

using Json = nlohmann::ordered_json;

std::string to_hexadecimal(const std::string &bytes) {
    std::string digits;
    for (const char byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return digits;
}

std::optional<std::string> from_hexadecimal(const std::string &digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        unsigned char byte = 0;
        const char *end = digits.data() + at + 2;
        if (std::from_chars(digits.data() + at, end, byte, 16).ptr != end) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

} // namespace

void add_id(Json &object, const EventId &id) {
    if (simdjson::validate_utf8(id.text.data(), id.text.size()))
        object["id"] = id.text;
    else
        object["id_hex"] = to_hexadecimal(id.text);
}

std::optional<EventId> id_in(const Json &object) {
    const auto text = object.find("id");
    const auto bytes = object.find("id_hex");
    if ((text == object.end()) == (bytes == object.end())) return std::nullopt;
    if (text != object.end()) {
        if (!text->is_string()) return std::nullopt;
        return EventId{text->get<std::string>()};
    }
    if (!bytes->is_string()) return std::nullopt;
    if (auto decoded = from_hexadecimal(bytes->get_ref<const std::string &>())) return EventId{std::move(*decoded)};
    return std::nullopt;
}

} // namespace backfill
