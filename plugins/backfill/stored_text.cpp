#include "stored_text.hpp"

#include "plain_text.hpp"

#include <fmt/format.h>
#include <simdjson.h>

namespace backfill {

std::optional<std::string> flaw_of(std::string_view field, std::string_view text) {
    if (is_plain(text)) return std::nullopt;
    if (!simdjson::validate_utf8(text.data(), text.size())) return fmt::format("{} is not valid UTF-8", field);
    if (text.find('\0') != std::string_view::npos) return fmt::format("{} holds a NUL character", field);
    return std::nullopt;
}

} // namespace backfill
