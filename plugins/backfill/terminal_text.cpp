#include "terminal_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstddef>

namespace backfill {

std::string quoted(const std::string &text) {
    using Json = nlohmann::json;
    return shown_json(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace));
}

// Delete, and U+0080 to U+009F, which have two bytes. What is below a space is escaped in any JSON.
std::string shown_json(std::string_view json) {
    std::string safe;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const auto byte = static_cast<unsigned char>(json[at]);
        const auto next = static_cast<unsigned char>(at + 1 < json.size() ? json[at + 1] : 0);
        if (byte == 0x7F) {
            safe += "\\u007f";
        } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {
            safe += fmt::format("\\u{:04x}", next);
            ++at;
        } else {
            safe += json[at];
        }
    }
    return safe;
}

} // namespace backfill
