// What the summary shows of other people's text: every control character is tried.
#include "terminal_text.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace backfill;
using Json = nlohmann::json;

namespace {

// U+0000 to U+00FF
std::string character(unsigned code) {
    if (code < 0x80) return {static_cast<char>(code)};
    return {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
}

} // namespace

TEST_CASE("nothing that is shown acts on the terminal, and all of it can be read as what it is") {
    for (unsigned code = 0; code <= 0xFF; ++code) {
        CAPTURE(code);
        const bool acts = code < 0x20 || (code >= 0x7F && code < 0xA0);
        const std::string text = "a" + character(code) + "b" + character(code);
        const std::string shown = quoted(text);
        CHECK((shown.find(character(code)) == std::string::npos) == acts);
        CHECK(Json::parse(shown) == text);
        if (code >= 0x20) CHECK(shown_json(Json{{text, text}}.dump()) == fmt::format("{{{0}:{0}}}", shown));
    }
    CHECK(quoted("\x1b[2J") == "\"\\u001b[2J\"");
    CHECK(quoted("\U0001F600 \xC2\xA0") == "\"\U0001F600 \xC2\xA0\"");
}

TEST_CASE("what is not UTF-8 does no harm either") {
    CHECK(quoted("a\xC2") == "\"a\uFFFD\"");
    CHECK(quoted("\xC2\"") == "\"\uFFFD\\\"\"");
    CHECK(quoted("\x9B") == "\"\uFFFD\"");
    CHECK(shown_json("\xC2") == "\xC2");
}
