#include "storage_layout.hpp"

#include "source_error.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace backfill {
namespace {

// In the order of EventColumn. An older file lacks some of the columns: NULL stands for them, and the event has no such
// field. A file of one generation has no node to join, so both may fall away.
constexpr const char *events_select = R"(
SELECT take_row(e.rowid, e.id, e.type, e.source, {time}, {user_id}, {session_id}, {trace_id}, {correlation_id}, {twin})
FROM events AS e {join_node}
{rows})";

constexpr const char *page_of_events = R"(WHERE e.rowid > ?1 AND e.rowid <= ?2
ORDER BY e.rowid
LIMIT ?3)";

// Ids are compared as bytes, of whatever type: a damaged row may have one that is a BLOB.
constexpr const char *event_of_id = "WHERE e.id IN (?1, CAST(?1 AS BLOB))";

// By the primary key of `nodes`, and only those nodes that this run gets to: one that is added behind ?4 while we read
// would take its event away from both generations.
constexpr const char *join_node = "LEFT JOIN nodes AS n ON n.id = e.id AND n.type = 'event' AND n.rowid <= ?4";

// `+`: not by an index on the type, where there is one. All events of the file would be sorted for each page.
constexpr const char *nodes_select = R"(
SELECT take_row(n.rowid, n.id, n.content, {in_events})
FROM nodes AS n
WHERE +n.type = 'event' AND {rows})";

constexpr const char *page_of_nodes = R"(n.rowid > ?1 AND n.rowid <= ?2
ORDER BY n.rowid
LIMIT ?3)";

constexpr const char *node_of_id = "n.id IN (?1, CAST(?1 AS BLOB))";

constexpr const char *in_events = "EXISTS (SELECT 1 FROM events AS e WHERE e.id = n.id AND e.rowid <= ?4)";

// As a difference: SQLite counts all rows by the smallest index, without touching the rows.
constexpr const char *count_events =
    "SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM events AS e WHERE e.rowid <= ?1)";
constexpr const char *count_nodes =
    "SELECT count(*) FROM nodes AS n WHERE n.type = 'event' AND n.rowid > ?3 AND n.rowid <= ?4";
constexpr const char *count_both = R"(
SELECT (SELECT count(*) FROM events AS e WHERE e.rowid > ?1 AND e.rowid <= ?2)
     + (SELECT count(*) FROM nodes AS n WHERE n.type = 'event' AND n.rowid > ?3 AND n.rowid <= ?4
        AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.id = n.id AND e.rowid > ?1 AND e.rowid <= ?2)))";

bool has_table(const SQLite::Database &database, const char *table, const std::string &file) {
    SQLite::Statement query(database, "SELECT type, wr FROM pragma_table_list "
                                      "WHERE schema = 'main' AND name = ?1 COLLATE NOCASE");
    query.bind(1, table);
    if (!query.executeStep()) return false;
    if (query.getColumn(0).getString() != "table")
        throw SourceError(fmt::format("'{}' in {} is not a table but a {}: this is not a file of PCAS", table, file,
                                      query.getColumn(0).getString()));
    if (query.getColumn(1).getInt() != 0)
        throw SourceError(fmt::format("table '{}' in {} is WITHOUT ROWID, which PCAS's own never is: copy its rows to "
                                      "an ordinary table first",
                                      table, file));
    return true;
}

using Columns = std::vector<std::string>; // in lower case

Columns columns_of(const SQLite::Database &database, const char *table) {
    SQLite::Statement query(database, "SELECT lower(name) FROM pragma_table_xinfo(?1)");
    query.bind(1, table);
    Columns columns;
    while (query.executeStep()) columns.push_back(query.getColumn(0).getString());
    return columns;
}

bool contains(const Columns &columns, const std::string &name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
}

void require(const Columns &columns, std::initializer_list<const char *> names, const char *table,
             const std::string &file) {
    for (const char *name : names)
        if (!contains(columns, name))
            throw SourceError(
                fmt::format("table '{}' in {} has no column '{}': this is not a file of PCAS", table, file, name));
}

std::string events_statement(const Columns &columns, bool with_nodes, const char *rows) {
    const auto column = [&columns](const char *name) {
        return contains(columns, name) ? fmt::format("e.{}", name) : std::string("NULL");
    };
    return fmt::format(events_select, fmt::arg("time", column("time")), fmt::arg("user_id", column("user_id")),
                       fmt::arg("session_id", column("session_id")), fmt::arg("trace_id", column("trace_id")),
                       fmt::arg("correlation_id", column("correlation_id")),
                       fmt::arg("twin", with_nodes ? "n.id, n.content" : "NULL, NULL"),
                       fmt::arg("join_node", with_nodes ? join_node : ""), fmt::arg("rows", rows));
}

std::string nodes_statement(bool with_events, const char *rows) {
    return fmt::format(nodes_select, fmt::arg("in_events", with_events ? in_events : "0"), fmt::arg("rows", rows));
}

} // namespace

const char *table_of(Generation generation) {
    return generation == Generation::events ? "events" : "nodes";
}

StorageLayout look_at_storage(const SQLite::Database &database, const std::string &file) {
    const bool events = has_table(database, "events", file);
    const bool nodes = has_table(database, "nodes", file);
    if (!events && !nodes)
        throw SourceError(
            fmt::format("{} holds neither a table 'events' nor a table 'nodes': give the SQLite file that "
                        "PCAS stores its events in",
                        file));
    StorageLayout layout;
    if (events) {
        const Columns columns = columns_of(database, "events");
        require(columns, {"id", "type", "source"}, "events", file);
        layout.events_page = events_statement(columns, nodes, page_of_events);
        layout.event_of_id = events_statement(columns, nodes, event_of_id);
    }
    if (nodes) {
        require(columns_of(database, "nodes"), {"id", "type", "content"}, "nodes", file);
        layout.nodes_page = nodes_statement(events, page_of_nodes);
        layout.node_of_id = nodes_statement(events, node_of_id);
    }
    layout.count = events && nodes ? count_both : events ? count_events : count_nodes;
    return layout;
}

} // namespace backfill
