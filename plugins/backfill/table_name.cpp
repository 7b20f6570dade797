#include "table_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace backfill {
namespace {

constexpr std::size_t longest_identifier = 63; // bytes: PostgreSQL cuts longer ones, and would then find another table

bool is_plain(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_'
           || byte == '$' || byte >= 0x80;
}

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

// Takes one part off the front of `rest`; empty if there is none.
std::string take_part(std::string_view &rest) {
    std::string part;
    if (rest.empty() || rest.front() != '"') {
        while (!rest.empty() && is_plain(rest.front())) {
            part += lower(rest.front());
            rest.remove_prefix(1);
        }
        return part.empty() || (part[0] >= '0' && part[0] <= '9') || part[0] == '$' ? "" : part;
    }
    for (rest.remove_prefix(1); !rest.empty(); rest.remove_prefix(1)) {
        if (rest.front() == '"') {
            rest.remove_prefix(1);
            if (rest.empty() || rest.front() != '"') return part;
        }
        part += rest.front();
    }
    return ""; // the closing quote is missing
}

std::string in_quotes(const std::string &part) {
    std::string quoted = "\"";
    for (const char character : part) quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
    return quoted + '"';
}

} // namespace

TableName::TableName(std::string_view text) {
    std::string_view rest = text;
    for (int parts = 1;; ++parts) {
        const std::string part = take_part(rest);
        const bool last = rest.empty();
        const bool followed = !last && rest.front() == '.' && parts == 1;
        if (part.empty() || part.size() > longest_identifier || !(last || followed))
            throw std::invalid_argument(
                fmt::format("'{}' is not the name of a table: give table or schema.table, and put a part with other "
                            "characters than letters, digits and _ in double quotes",
                            text));
        quoted_ += in_quotes(part);
        if (last) return;
        quoted_ += '.';
        rest.remove_prefix(1);
    }
}

} // namespace backfill
