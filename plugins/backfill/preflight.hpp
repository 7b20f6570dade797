// Trouble that would doom every update is found before the first one, and said once: no such table, wrong column types,
// missing privileges, a read-only server, an encoding in which texts would be altered.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace backfill {

class Connection;
class TableName;

struct Preflight {
    std::optional<std::string> obstacle; // to updates, and what to do about it; a dry run goes on with a warning
    std::optional<std::string>
        locked;            // another session has locked the table against writers: who waits long enough may
    bool one_heap = false; // can its pages be read one after the other (Statements::update_together)?
};

// Looks at the table and the server. Throws StoreError for what makes even looking impossible.
Preflight preflight(const Connection &connection, const TableName &table, std::chrono::milliseconds lock_timeout);

} // namespace backfill
