// The proxy is a link that does what it is told: every test of a bad link stands on this.
#include "postgres_server.hpp"
#include "proxy.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <string>

using namespace support;
using Seconds = std::chrono::duration<double>;

namespace {

const std::string &server() {
    static PostgresServer the_server;
    return the_server.conninfo();
}

double seconds_of(const auto &work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

// So many characters, made by the server.
std::string megabytes(int count) {
    return "SELECT repeat('x', " + std::to_string(count) + " * 1000000)";
}

bool is_lost(const Connection &connection) {
    try {
        connection.exec("SELECT 1");
        return false;
    } catch (const std::runtime_error &) {
        return PQstatus(connection.handle()) == CONNECTION_BAD;
    }
}

// Sends a query without waiting for its answer; then asks whether the answer, or the loss of the connection, has come.
void send(const Connection &connection) {
    if (PQsendQuery(connection.handle(), "SELECT 1") != 1) throw std::runtime_error("cannot send");
    PQflush(connection.handle());
}

bool answered(const Connection &connection) {
    PQconsumeInput(connection.handle());
    return PQisBusy(connection.handle()) == 0;
}

} // namespace

TEST_CASE("what goes through the proxy is what came, over a Unix socket and over TCP") {
    const Proxy proxy(server(), {"--tcp"});
    for (const std::string &conninfo : {proxy.through(server()), proxy.through_tcp(server())}) {
        const Connection connection(conninfo);
        const std::string text =
            connection.value("SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100000) AS i");
        CHECK(connection.value("SELECT md5('" + text + "')")
              == connection.value("SELECT md5(string_agg(md5(i::text), '')) FROM generate_series(1, 100000) AS i"));
        CHECK(proxy.status().bytes > 2 * 3'200'000);
    }
}

TEST_CASE("a delay is felt by every round trip, and limits no throughput") {
    const Proxy proxy(server(), {"--delay", "20"});
    const Connection connection(proxy.through(server()));
    CHECK(seconds_of([&] { connection.exec("SELECT 1"); }) >= 0.040);

    // A window of 64 kB, as a naive proxy would have, would take 100 MB / 64 kB * 20 ms = 30 s.
    CHECK(seconds_of([&] { CHECK(connection.value(megabytes(100)).size() == 100'000'000); }) < 15);

    proxy.tell("delay 100");
    CHECK(seconds_of([&] { connection.exec("SELECT 1"); }) >= 0.200);
}

TEST_CASE("round trips are counted") {
    const Proxy proxy(server(), {"--delay", "200"});
    const Connection connection(proxy.through(server()));
    const auto before = proxy.status().turns;
    CHECK(before >= 1);
    for (int i = 0; i < 3; ++i) connection.exec("SELECT 1");
    CHECK(proxy.status().turns == before + 3);
    connection.exec("SELECT 1; SELECT 2"); // one round trip for both
    CHECK(proxy.status().turns == before + 4);
}

TEST_CASE("an answer to somebody else comes when it was ordered") {
    const Proxy proxy(server());
    const Connection connection(proxy.through(server()));
    proxy.tell("stray 2 1");
    CHECK(connection.value("SELECT 'mine'") == "mine");
    CHECK(connection.value("SELECT 'mine'") == "an answer to somebody else");
}

TEST_CASE("a rate is kept to") {
    const Proxy proxy(server());
    const Connection connection(proxy.through(server()));
    proxy.tell("rate 2000000");
    CHECK(seconds_of([&] { connection.exec(megabytes(1)); }) >= 0.49);
    proxy.tell("rate 0");
    connection.exec(megabytes(10));
}

TEST_CASE("many connections share the link") {
    const Proxy proxy(server());
    std::deque<Connection> connections;
    for (int i = 0; i < 50; ++i) connections.emplace_back(proxy.through(server()));
    for (const Connection &connection : connections) send(connection);
    CHECK(proxy.status().connections == 50);
    proxy.tell("cut");
    CHECK(proxy.status().connections == 0);
    for (const Connection &connection : connections) CHECK(is_lost(connection));
}

TEST_CASE("a stalled link lets nothing pass and loses nothing") {
    const Proxy proxy(server());
    const Connection connection(proxy.through(server()));
    const auto bytes = proxy.tell("stall").bytes;
    send(connection);
    CHECK_FALSE(answered(connection));
    CHECK(proxy.status().bytes == bytes);
    CHECK(proxy.status().connections == 1);
    proxy.tell("resume");
    PQclear(PQgetResult(connection.handle()));
    CHECK(proxy.status().bytes > bytes);
    PQclear(PQgetResult(connection.handle()));
    CHECK_FALSE(is_lost(connection));
}

TEST_CASE("a cut or a stall comes exactly where it was ordered") {
    const Proxy proxy(server());
    const Connection connection(proxy.through(server()));
    const auto bytes = proxy.status().bytes;
    CHECK(proxy.tell("stall 1000000").trap_set);
    REQUIRE(PQsendQuery(connection.handle(), megabytes(10).c_str()) == 1);
    while (!proxy.status().stalled) PQconsumeInput(connection.handle());
    CHECK(proxy.status().bytes == bytes + 1'000'000);
    CHECK_FALSE(proxy.status().trap_set);

    proxy.tell("resume");
    const auto left = proxy.tell("cut 2000000").bytes + 2'000'000;
    while (PQisBusy(connection.handle()) == 1 && PQconsumeInput(connection.handle()) == 1) continue;
    CHECK(PQstatus(connection.handle()) == CONNECTION_BAD);
    CHECK(proxy.status().bytes == left);
}

TEST_CASE("new connections are refused and admitted again, and old ones stay") {
    const Proxy proxy(server(), {"--tcp"});
    const Connection old(proxy.through(server()));
    proxy.tell("refuse");
    CHECK_THROWS(Connection(proxy.through(server())));
    CHECK_THROWS(Connection(proxy.through_tcp(server())));
    CHECK_FALSE(is_lost(old));
    proxy.tell("admit");
    const Connection by_path(proxy.through(server())), by_port(proxy.through_tcp(server()));
    CHECK(proxy.status().connections == 3);
}

TEST_CASE("new connections are denied with an error of the server's") {
    const Proxy proxy(server());
    const Connection old(proxy.through(server()));
    proxy.tell("deny 57P03");
    CHECK_THROWS_WITH(Connection(proxy.through(server())), doctest::Contains("FATAL:  the proxy was told to deny"));
    CHECK(PQpingParams(std::array{"dbname", static_cast<const char *>(nullptr)}.data(),
                       std::array{proxy.through(server()).c_str(), static_cast<const char *>(nullptr)}.data(), 1)
          == PQPING_REJECT);
    CHECK_FALSE(is_lost(old));
    proxy.tell("admit");
    const Connection next(proxy.through(server()));
}

TEST_CASE("a server that is gone hangs up on its clients, and a client that is gone on the server") {
    PostgresServer server;
    const Proxy proxy(server.conninfo());
    const Connection first(proxy.through(server.conninfo()));
    server.crash();
    CHECK(is_lost(first));
    CHECK_THROWS(Connection(proxy.through(server.conninfo())));
    server.start();
    const Connection observer(server.conninfo());
    const std::string others =
        "SELECT count(*) FROM pg_stat_activity WHERE client_port IS NOT NULL AND pid <> pg_backend_pid()";
    {
        const Connection second(proxy.through(server.conninfo()));
        CHECK(observer.value(others) == "1");
    }
    while (observer.value(others) != "0" || proxy.status().connections != 0) continue;
}

TEST_CASE("an order can be taken back, and one that the proxy does not know is an error") {
    const Proxy proxy(server());
    proxy.tell("cut 1");
    CHECK_FALSE(proxy.tell("resume").trap_set);
    CHECK_THROWS_WITH(proxy.tell("dance"), doctest::Contains("no such command: dance"));
}
