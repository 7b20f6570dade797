#include "row_state.hpp"

#include "json_parser.hpp"

#include <algorithm>

namespace backfill {

RowReader::RowReader() : parser_(std::make_unique<JsonParser>()) {}

RowReader::~RowReader() = default;

RowState RowReader::state_of(std::string_view row, std::string_view wanted) {
    if (row == wanted) return RowState::current; // by far the most common
    if (row.empty() || row == "null") return RowState::stale;
    if (row.front() != '{') return RowState::no_object;
    Values values, wanted_values;
    const bool same = read(row, values) && read(wanted, wanted_values) && values == wanted_values;
    return same ? RowState::current : RowState::stale;
}

// Takes the values of our keys out of a JSON object. False if one of them is no string, or if the text is not what
// PostgreSQL prints: then it is not for us to say that the row is right.
bool RowReader::read(std::string_view object, Values &values) {
    simdjson::ondemand::document document;
    simdjson::ondemand::object members;
    if (parser_->iterate(object).get(document) != simdjson::SUCCESS) return false;
    if (document.get_object().get(members) != simdjson::SUCCESS) return false;
    for (auto member : members) {
        std::string_view key;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        const auto *const ours = std::find(metadata_keys.begin(), metadata_keys.end(), key);
        if (ours == metadata_keys.end()) continue;
        std::string_view value;
        if (member.value().get_string().get(value) != simdjson::SUCCESS) return false;
        values[static_cast<std::size_t>(ours - metadata_keys.begin())] = std::string(value);
    }
    return true;
}

} // namespace backfill
