// Text from elsewhere - file names, manifests, plugins' messages - made safe to show: nothing in it can move the
// cursor, colour the terminal, begin a line of its own or break a UTF-8 reader.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace host {

// Control characters (also those from U+0080 to U+009F) and bytes that are not UTF-8 become \xNN; all else stays.
std::string escape(std::string_view text);

// How many bytes the valid UTF-8 character at the start of `text` has; 0 if there is none.
std::size_t character_length(std::string_view text);

// How many characters `text`, which is UTF-8, has: its width in a table, near enough.
std::size_t character_count(std::string_view text);

} // namespace host
