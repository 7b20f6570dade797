// Is a row's metadata right already? The answer, which decides whether a row is written, is the one that another JSON
// library gives. The input: the row's metadata as JSON, then the event's texts as in metadata.cpp, each in a line.
#include "row_state.hpp"

#include "event_promises.hpp"

using namespace backfill;
using fuzz::expect;

namespace {

bool has_what_is_wanted(const nlohmann::json &row, const nlohmann::json &wanted) {
    for (const std::string_view key : metadata_keys) {
        const auto in_row = row.find(std::string(key)), in_wanted = wanted.find(std::string(key));
        if ((in_row == row.end()) != (in_wanted == wanted.end())) return false;
        if (in_row != row.end() && *in_row != *in_wanted) return false;
    }
    return true;
}

// As PostgreSQL would print it: no key twice, and no escapes where none are needed.
std::string printed(const nlohmann::json &row) {
    return row.dump();
}

void expect_right(RowReader &reader, const nlohmann::json &row, const std::string &wanted) {
    const RowState state = reader.state_of(printed(row), wanted);
    if (!row.is_object()) {
        expect((state == RowState::stale) == row.is_null(), "only an object or nothing can be written", wanted);
        return;
    }
    const bool is_current = has_what_is_wanted(row, nlohmann::json::parse(wanted));
    expect((state == RowState::current) == is_current, "a row is right if it says what the event says", wanted);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static RowReader reader;
    const std::string_view text = fuzz::text_of(data, size);
    if (flaw_of("text", text)) return 0;
    std::vector<std::string> lines = fuzz::lines_of(text);
    lines.resize(7);
    auto row = nlohmann::json::parse(lines[0], nullptr, false); // of a key that stands twice, the last counts
    if (row.is_discarded()) return 0;
    const Event event{EventId{"node"}, lines[1], lines[2], {}, lines[3], lines[4], lines[5], lines[6]};
    const std::string wanted = metadata_of(event);
    expect_right(reader, row, wanted);
    // And with other keys in between.
    if (!row.is_object()) return 0;
    row.update(nlohmann::json::parse(wanted));
    expect_right(reader, row, wanted);
    return 0;
}
