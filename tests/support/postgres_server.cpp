#include "postgres_server.hpp"

#include <utility>

namespace support {

PostgresServer::PostgresServer(std::vector<std::string> settings)
    : PrivateServer(setting("PCASCTL_TEST_POSTGRES"), std::move(settings)) {}

StandbyServer::StandbyServer(const std::string &primary)
    : PrivateServer(setting("PCASCTL_TEST_POSTGRES"), {"--standby-of", primary}) {}

Pooler::Pooler(const std::string &server) : PrivateServer(setting("PCASCTL_TEST_PGBOUNCER"), {server}) {}

std::string PostgresServer::create_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    Connection(conninfo()).exec("CREATE DATABASE " + name);
    return conninfo().substr(0, conninfo().rfind(' ')) + " dbname=" + name;
}

} // namespace support
