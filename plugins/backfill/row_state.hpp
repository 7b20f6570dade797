// Is a row's metadata right already? Asked on our side of the connection, of what a SELECT gave: a row that is right
// then costs the server no more than an index probe and its text, which is what makes a second run so much quicker than
// the first. The UPDATE asks the same again in SQL (statements.cpp), because the row may change in between.
#pragma once

#include "metadata.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace backfill {

class JsonParser;

enum class RowState {
    current,  // every key of ours has the event's value, and those that the event does not have are absent
    stale,    // it is to be written
    no_object // the metadata is an array or a scalar, which has no place for keys
};

// Keeps its buffers from one row to the next.
class RowReader {
public:
    RowReader();
    ~RowReader();

    // `row` is a jsonb as PostgreSQL prints it, or empty for SQL NULL; `wanted` is metadata_of() the event.
    RowState state_of(std::string_view row, std::string_view wanted);

private:
    using Values = std::array<std::optional<std::string>, metadata_keys.size()>;
    bool read(std::string_view object, Values &values);

    std::unique_ptr<JsonParser> parser_;
};

} // namespace backfill
