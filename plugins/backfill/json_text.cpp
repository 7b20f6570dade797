#include "json_text.hpp"

#include "plain_text.hpp"

#include <cstddef>

namespace backfill {
namespace {

bool needs_escape(char character) {
    return static_cast<unsigned char>(character) < 0x20 || character == '"' || character == '\\';
}

void append_escaped(char character, std::string &json) {
    constexpr std::string_view short_forms = "\"\"\\\\\bb\ff\nn\rr\tt"; // each character, and what stands for it
    for (std::size_t at = 0; at < short_forms.size(); at += 2) {
        if (character != short_forms[at]) continue;
        json += '\\';
        json += short_forms[at + 1];
        return;
    }
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    json += "\\u00";
    json += hexadecimal[static_cast<unsigned char>(character) >> 4];
    json += hexadecimal[static_cast<unsigned char>(character) & 0xF];
}

} // namespace

// Copies whole runs.
void append_json(std::string_view text, std::string &json) {
    if (is_plain(text)) {
        json += text;
        return;
    }
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!needs_escape(text[at])) continue;
        json.append(text, copied, at - copied);
        append_escaped(text[at], json);
        copied = at + 1;
    }
    json.append(text, copied);
}

} // namespace backfill
