// All SQL that backfill sends, each statement once and whole.
//
// What they share: they are self-contained, with only parameters. No temporary table, no advisory lock, and but for some that
// can be done without, no session setting and no ctid: so they work through a transaction-mode pooler, on partitioned and
// foreign tables, and are pushed down to the shards of a distributed one.
#pragma once

#include "postgres.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace backfill {

class TableName;

struct Statements {
    // With this seed for fingerprints. It is in the names of prepared statements too: what another run has left in the session
    // of a pooler is not taken for ours.
    Statements(const TableName &table, std::int64_t seed);

    // What holds for a transaction alone, which begins with it, or for a session. $1 lock_timeout and $2 statement_timeout
    // in milliseconds, $3 'on' if nothing may be written, $4 'off' if the commit need not wait for the disk, $5 '', $6 any
    // text; all as text. Returns one row, which begins with $6 and the process.
    // Or for the session, if its ends are $5 (Connection::ends()): then it holds from then on, but for $3, and one row is
    // returned; if they are not, nothing is set, and no row is returned.
    Statement settings;

    // Writes a batch. $1 text[]: ids, sorted, each once; $2 jsonb[]: their metadata; $3 text[]: the keys that are ours.
    // Returns the ids of the rows that were written.
    Statement update;

    // The same, for rows that lie together in a table which is one heap. $1 jsonb: an object with the metadata of each id;
    // $2 text[]: the keys that are ours; from $3 tid to $4 tid. These pages are read instead
    // of looking up each id in the index; rows that do not lie there are not found.
    Statement update_together;

    // Asks where rows lie. $1 text[]: ids. Returns, of the rows that exist, id and tid.
    Statement locate;

    // Asks for fingerprints (fingerprint.hpp). $1 text[]: ids. Returns, of the rows that exist, id and the fingerprint of
    // the metadata: its hash and its size, which are NULL where they are.
    Statement compare;

    // The same, of all rows that lie from $1 tid to $2 tid in a table which is one heap, whatever their ids are.
    Statement compare_together;

    // Looks at a batch. $1 text[]: ids. Returns, of the rows that exist, id and metadata.
    Statement check;

    // Makes all durable that was committed before on this server, by committing in its turn, and waiting for the disk
    // (and for standbys, as it is configured for this role).
    Statement flush;

    // Asks how far the server's log reaches, and how far it is on the disk. Returns both in bytes; the first is NULL
    // where that does not tell what is durable, since commits are to wait for standbys too.
    Statement log_positions;

    // Shows a batch: same parameters as update. Returns id, metadata as it is, metadata as update would write it; only
    // of rows that it would write.
    std::string preview;

    // After an update in the same transaction: has the row the values of our keys that it had before? $1 text[]: its id;
    // $2 text: its metadata before; $3 text[]: the keys that are ours. What others have in it may have changed.
    std::string is_as_before;
};

// Facts on a table. $1 text: its quoted name. One row: its oid (NULL: no such table), the types of the columns id and
// metadata (NULL: no such column), whether we may read both, whether we may update metadata, whether its rows can
// be found by their places.
extern const char *const table_facts;

// Fails where the server could not update the table's metadata: views that it cannot write through, generated columns and
// the like, or where another session has locked the table against writers for longer than the timeout. It neither reads nor
// writes a row.
Transaction planned_update(const TableName &table, std::chrono::milliseconds lock_timeout);

// What tells a table from all others. $1 text: its quoted name. One row: the database's name, the table's full name and
// its oid, whether we may ask for server_number.
extern const char *const target_facts;

// The number that a database cluster is given when it is made.
extern const char *const server_number;

// Facts on the server and the session. One row: encoding, is it a standby, are transactions read-only, our role.
extern const char *const session_facts;

// May we see how far the standbys are? One row: the answer, and our role.
extern const char *const may_see_standbys;

// One row: by how many milliseconds the slowest standby is behind; NULL if there is none.
extern const char *const slowest_standby;

} // namespace backfill
