// Trouble that would doom every update is found before the first one, and said once: no such table, wrong column types,
// missing privileges, a read-only server, an encoding in which texts would be altered.
#pragma once

#include <optional>
#include <string>

namespace backfill {

class Connection;
class TableName;

// What is wrong with the table or the server. Throws StoreError for what makes even looking impossible; returns a
// message if looking is possible, but updating is not: a dry run goes on with a warning.
std::optional<std::string> obstacle_to_updates(const Connection &connection, const TableName &table);

} // namespace backfill
