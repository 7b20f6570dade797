// Trouble that would doom every update is found before the first one, and said once: no such table, wrong column types,
// missing privileges, a read-only server, an encoding in which texts would be altered.
#pragma once

#include "postgres.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

class TableName;

struct Preflight {
    std::optional<std::string> obstacle; // to updates, and what to do about it; a dry run goes on with a warning
    std::optional<std::string>
        locked;            // another session has locked the table against writers: who waits long enough may
    bool one_heap = false; // can its rows be found by their places (Statements::update_together, compare_together)?
};

// What the table and the server are to be asked.
std::vector<Transaction> preflight_questions(const TableName &table, std::chrono::milliseconds lock_timeout);

// What the replies to that say. Throws StoreError for what makes even looking impossible.
Preflight preflight(const std::vector<Reply> &replies, const TableName &table);

} // namespace backfill
