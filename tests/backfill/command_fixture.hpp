// What every test of the whole command starts from: the plugin dropped into a directory of its own, a database of its
// own on the test binary's private server, and a SQLite file.
#pragma once

#include "backfill_output.hpp"
#include "postgres_server.hpp"
#include "process.hpp"

#include <string>
#include <vector>

struct Backfill {
    Backfill();

    // Runs `pcasctl backfill` on this test's SQLite file and database, with what else is given.
    support::Result run(const std::vector<std::string> &options = {}, const support::RunOptions &how = {}) const;
    std::vector<std::string> command_line(const std::vector<std::string> &options) const;

    // Runs SQL on this test's SQLite file, which is made if need be.
    void sqlite(const std::string &sql) const;
    // An events table of generation 2, and in it `count` events e1, e2, ..., a second apart, of five users.
    void make_events(int count) const;
    // Rows for e1 ... e<count>, without metadata.
    void make_vectors(int count) const;
    // A role that may do this with the vectors, and nothing else. Gives the connection string for it.
    std::string create_role(const std::string &name,
                            const std::string &privileges = "SELECT (id, metadata), UPDATE (metadata)") const;

    // Metadata of one row as jsonb prints it, which is with its keys in a fixed order; "NULL" if there is none.
    std::string metadata(const std::string &id) const;
    // One value of a query with one row and one column.
    std::string value(const std::string &sql) const;
    // Changes with every row version: equal before and after means that nothing was written.
    std::string row_versions() const;

    support::TempDir directory;
    std::string events_db;
    std::string conninfo;
    support::Connection database;
};

// With that many events, and a row for each.
struct Ready : Backfill {
    explicit Ready(int events = 20);

    std::string updated() const; // how many rows have metadata
};

// A GRANT or REVOKE in which %s stands for the function that updates are made durable with.
void change_privilege_to_flush(const Backfill &backfill, const std::string &change);

// The one line that a run which cannot start leaves on stderr, at the least log level that there is.
std::string complaint(const Backfill &backfill, const std::vector<std::string> &options, int exit_code = 3);

// Locks a row, so that a run which reaches it stays there, with batches on their way.
struct LockedRow {
    LockedRow(const Backfill &backfill, const std::string &id);
    void release() { session.exec("COMMIT"); }

    support::Connection session;
};

// Takes the table away from a run that waits for this lock: when it goes on, the table is called "elsewhere".
void take_table_away(const Backfill &backfill, LockedRow &lock);

bool contains(const std::string &text, const std::string &part);
int occurrences(const std::string &text, const std::string &part);
