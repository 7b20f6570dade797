// Which table a run writes to, told apart from every other by facts that do not depend on how one connects: neither
// user nor password, and the same through a socket, a pooler or another host name.
#pragma once

#include <string>

namespace backfill {

class Connection;
class TableName;

struct Target {
    std::string server;    // the database cluster's own number; or host:port, where the role may not see that
    std::string database;  // its name
    std::string table;     // its name, quoted
    std::string table_oid; // which a table that is dropped and made again does not keep
    bool operator==(const Target &) const = default;
};

// Asks the server. The table has to be there. Throws StoreError.
Target identify(Connection &connection, const TableName &table);

} // namespace backfill
