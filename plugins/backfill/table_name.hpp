// A table's name as the user wrote it, made safe to stand in a statement.
#pragma once

#include <string>
#include <string_view>

namespace backfill {

// Read as PostgreSQL reads it: `table` or `schema.table`, each part either in double quotes ("" stands for one) or
// folded to lower case.
class TableName {
public:
    explicit TableName(std::string_view text); // throws std::invalid_argument with a message for the user

    const std::string &quoted() const { return quoted_; } // every part in double quotes

private:
    std::string quoted_;
};

} // namespace backfill
