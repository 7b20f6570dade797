// All SQL that backfill sends, each statement once and whole.
//
// What they share: they are self-contained, with only parameters. No temporary table, no session setting, no advisory
// lock, no ctid: so they work through a transaction-mode pooler, on partitioned and foreign tables, and are pushed down
// to the shards of a distributed one.
#pragma once

#include <string>

namespace backfill {

class TableName;

struct Statements {
    explicit Statements(const TableName &table);

    // Writes a batch. $1 text[]: ids, sorted, each once; $2 jsonb[]: their metadata; $3 text[]: the keys that are ours.
    // Returns the ids of the rows that were written.
    std::string update;

    // Looks at a batch: same parameters. Returns, of the rows that exist, id, the JSON type of their metadata (SQL NULL
    // and JSON null both read 'null'), and whether update would write them.
    std::string check;

    // Shows a batch: same parameters. Returns id, metadata as it is, metadata as update would write it; only of rows
    // that it would write.
    std::string preview;
};

// Facts on a table. $1 text: its quoted name. One row: its oid (NULL: no such table), the types of the columns id and
// metadata (NULL: no such column), whether metadata is generated, whether we may read both, whether we may update
// metadata.
extern const char *const table_facts;

// What tells a table from all others. $1 text: its quoted name. One row: the database's name, the table's full name and
// its oid, whether we may ask for server_number.
extern const char *const target_facts;

// The number that a database cluster is given when it is made.
extern const char *const server_number;

// Facts on the server and the session. One row: encoding, is it a standby, are transactions read-only, our role.
extern const char *const session_facts;

} // namespace backfill
