// Where faults are injected: a SQLite file with events of all generations, good and bad; a table of vectors, with rows
// that have metadata of their own; and what an undisturbed run makes of them, which is what every disturbed one has to
// come to in the end.
#pragma once

#include "postgres_server.hpp"
#include "process.hpp"
#include "proxy.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace faults {

using Words = std::vector<std::string>;

enum class Table {
    untouched, // as it was before the first run
    finished   // as an undisturbed run leaves it
};

class Scene {
public:
    enum class Way { direct, by_pooler }; // how the command reaches the server, behind the proxy

    // Runs once undisturbed. `settings` are for postgresql.conf.
    explicit Scene(std::vector<std::string> settings = {}, Way way = Way::direct);

    void reset(Table table = Table::untouched);
    void bring_back_the_pooler(); // if there is one, and it has stopped answering

    // The command on this scene, by way of the proxy.
    Words command(const Words &options) const;
    // Bytes that an undisturbed run with these options on this table sends over the link, both ways.
    std::uint64_t bytes_of_run(const Words &options, Table table = Table::untouched);

    // What must hold at any time; each is empty, or says what does not hold.
    std::string rows_harmed() const;            // rows or columns that are neither as before nor as they should become
    std::string harm_done() const;              // that, or a change of the SQLite file
    std::string not_finished() const;           // rows that are not yet as they should become
    std::string not_finished(int number) const; // likewise, of so many events from the first on
    int rows_done() const;                      // rows that were to be changed, and are

    support::Connection connect() const { return support::Connection(conninfo); }

    // The first of its events are rows of `events`, the others are nodes. An event's id ends with its number.
    static constexpr int rows_of_events = 1200, nodes = 800;

    std::filesystem::path sqlite; // the file

    // Of an undisturbed run.
    int events = 0, updated = 0, failed = 0, no_vector = 0;

    support::PostgresServer server;
    std::string conninfo;                    // of the database, on the direct way
    std::unique_ptr<support::Pooler> pooler; // null if the way is direct
    support::Proxy proxy;

private:
    void make_events();
    void make_vectors();
    void run_undisturbed();

    support::TempDir directory_;
    std::map<std::string, std::string> sqlite_before_;
    std::map<std::pair<Words, Table>, std::uint64_t> bytes_;
};

} // namespace faults
