// A table's name from the command line, on its way into a statement: nothing in it ends the quotes.
#include "table_name.hpp"

#include "fuzz.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

using namespace backfill;
using fuzz::expect;

namespace {

// Behind one part in double quotes; npos if there is none.
std::size_t end_of_part(const std::string &quoted, std::size_t at) {
    if (at >= quoted.size() || quoted[at] != '"') return std::string::npos;
    for (++at; at < quoted.size(); ++at) {
        if (quoted[at] != '"') continue;
        if (at + 1 >= quoted.size() || quoted[at + 1] != '"') return at + 1;
        ++at;
    }
    return std::string::npos;
}

bool is_one_or_two_parts(const std::string &quoted) {
    const std::size_t end = end_of_part(quoted, 0);
    if (end == quoted.size()) return true;
    return end < quoted.size() && quoted[end] == '.' && end_of_part(quoted, end + 1) == quoted.size();
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view all = fuzz::text_of(data, size);
    const std::string text(all.substr(0, all.find('\0'))); // as it comes from main()
    try {
        const TableName name(text);
        expect(is_one_or_two_parts(name.quoted()), "a name is one or two parts in quotes", name.quoted());
        expect(TableName(name.quoted()).quoted() == name.quoted(), "a quoted name is the same name", name.quoted());
    } catch (const std::invalid_argument &error) {
        expect(*error.what() != '\0', "a refusal has a reason");
    }
    return 0;
}
