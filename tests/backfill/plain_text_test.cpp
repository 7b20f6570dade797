// Which texts need no second look: asked sixteen or eight bytes at a time, so every byte is tried in every place.
#include "plain_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace backfill;

TEST_CASE("a text is plain if each of its bytes is") {
    constexpr std::size_t longest = 40;
    for (std::size_t length = 1; length <= longest; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (unsigned byte = 0; byte < 256; ++byte) {
                std::string text(length, 'x');
                text[at] = static_cast<char>(byte);
                const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
                REQUIRE_MESSAGE(is_plain(text) == plain, "byte ", byte, " at ", at, " of ", length);
            }
}

TEST_CASE("an empty text is plain") {
    CHECK(is_plain(""));
}
