// Which of PCAS's generations a SQLite file holds, and the statements that read them.
//
// Paging is by rowid and never by OFFSET, which reads all earlier rows again for every page. Rows come in the order of
// insertion, which is about the order of the vectors in PostgreSQL's heap.
//
// In a file that holds both generations, one event can be in both. It counts once. The graph's copy is the newer one
// and is used, unless it cannot be read: then the row of `events` is.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace backfill {

enum class Generation { events, graph };

// Empty where the file does not have that generation.
//
// ?1: rowid to go on after   ?2: last rowid of this table   ?3: rows wanted at most   ?4: last rowid of the other table
struct StorageLayout {
    std::string events_page; // columns as in EventColumn
    std::string nodes_page;  // columns as in NodeColumn
    std::string count;       // ?2: last rowid of `events`, ?4: of `nodes`

    bool holds(Generation generation) const {
        return !(generation == Generation::events ? events_page : nodes_page).empty();
    }
};

enum NodeColumn : int { node_rowid_column, node_id_column, content_column, in_events_column };

// Throws SourceError if there is neither table, or one that cannot be PCAS's.
StorageLayout look_at_storage(const SQLite::Database &database, const std::string &file);

// The name of the generation's table.
const char *table_of(Generation generation);

} // namespace backfill
