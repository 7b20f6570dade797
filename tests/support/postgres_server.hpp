// A PostgreSQL of a test program's own, with as many databases as it has test cases, so that none meets what another
// left. Who has a server wants to connect to it and to have the table of vectors there: those headers come with this
// one.
#pragma once

#include "connection.hpp"
#include "private_server.hpp"
#include "vectors_table.hpp"

#include <string>
#include <vector>

namespace support {

class PostgresServer : public PrivateServer {
public:
    // `settings` are for postgresql.conf: {"max_connections=10"}.
    explicit PostgresServer(std::vector<std::string> settings = {});

    // The connection string of a new and empty database, for its superuser. Put " user=reader" behind it to be somebody
    // else.
    std::string create_database();

private:
    int databases_ = 0;
};

// A streaming standby of another one, which has to run as long as it does.
class StandbyServer : public PrivateServer {
public:
    explicit StandbyServer(const std::string &primary); // its connection string
};

// A PgBouncer in transaction mode before another one, which has to run as long as it does.
class Pooler : public PrivateServer {
public:
    explicit Pooler(const std::string &server); // its connection string, with the database that the pooler's names
};

} // namespace support
