#include "mdoc.hpp"

#include "escape.hpp"
#include "help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

namespace host {
namespace {

char32_t code_point(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    char32_t point = first & (0xFFU >> (character.size() + 1));
    for (const char byte : character.substr(1)) point = (point << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
    return point;
}

// Roff's own characters, and those that a typesetter would make prettier, by their names: commands are copied from manual
// pages.
std::string_view escaped_character(char character) {
    switch (character) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '"':
        return "\\(dq";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return {};
    }
}

std::string roff(std::string_view text) {
    const std::string safe = escape(text);
    std::string source;
    for (std::string_view rest = safe; !rest.empty();) {
        const std::string_view character = rest.substr(0, character_length(rest));
        rest.remove_prefix(character.size());
        if (character.size() > 1)
            fmt::format_to(std::back_inserter(source), "\\[u{:04X}]", static_cast<unsigned>(code_point(character)));
        else if (const auto escaped = escaped_character(character[0]); !escaped.empty())
            source += escaped;
        else
            source += character;
    }
    return source;
}

// A sentence begins on a line of its own, or roff would not see that there is one.
std::vector<std::string> sentences(const std::string &text) {
    std::vector<std::string> sentences(1);
    for (std::size_t at = 0; at < text.size(); ++at) {
        sentences.back() += text[at];
        const std::size_t last = sentences.back().find_last_not_of(")]'\"");
        const bool is_end =
            last != std::string::npos && std::string_view(".!?").find(sentences.back()[last]) != std::string_view::npos;
        if (is_end && at + 2 < text.size() && text[at + 1] == ' ') sentences.emplace_back();
    }
    return sentences;
}

// Long enough that it is no macro, and without punctuation.
bool is_plain_word(std::string_view text) {
    constexpr std::size_t longest_macro = 3;
    return text.size() > longest_macro && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
}

} // namespace

Mdoc &Mdoc::macro(const std::string &line) {
    source_ += "." + line + "\n";
    return *this;
}

Mdoc &Mdoc::text(const std::string &text) {
    constexpr std::size_t width = 78;
    for (const std::string &sentence : sentences(escape(text)))
        for (const std::string &line : wrap(sentence, width)) literal(line);
    return *this;
}

Mdoc &Mdoc::literal(const std::string &line) {
    const bool needs_guard = line.empty() || line.front() == '.' || line.front() == ' ';
    source_ += (needs_guard ? "\\&" : "") + roff(line) + "\n";
    return *this;
}

std::string argument(std::string_view text) {
    return is_plain_word(text) ? std::string(text) : fmt::format("\"\\&{}\"", roff(text));
}

std::string arguments(const std::string &text) {
    std::istringstream words(escape(text));
    std::string all;
    for (std::string word; words >> word;)
        all += (all.empty() ? "" : " ") + (is_plain_word(word) ? word : "\\&" + roff(word));
    return all.empty() ? "\\&" : all;
}

} // namespace host
