// Which of PCAS's generations a SQLite file holds, and the statements that read them.
//
// Paging is by rowid and never by OFFSET, which reads all earlier rows again for every page. Rows come in the order of
// insertion, which is about the order of the vectors in PostgreSQL's heap.
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace backfill {

enum class Generation { events, graph };

// Empty where the file does not have that generation. What an event in both of them means is said in stored_event.hpp.
struct StorageLayout {
    // ?1: rowid to go on behind   ?2: last rowid of this table   ?3: rows wanted at most   ?4: last rowid of the other
    std::string events_page; // hands EventColumns to take_row(); see sqlite_rows.hpp
    std::string nodes_page;  // hands NodeColumns to it

    // ?1: the id   ?4: last rowid of the other table
    std::string event_of_id; // hands EventColumns to take_row()
    std::string node_of_id;  // hands NodeColumns to it

    // In the transaction that asked for the last rowids. ?1: rowid in `events` to count behind   ?2: last rowid of
    // `events`   ?3, ?4: the same of `nodes`
    std::string count;

    bool holds(Generation generation) const {
        return !(generation == Generation::events ? events_page : nodes_page).empty();
    }
};

// Begins as EventColumn does, with the rowid and the id.
enum NodeColumn : int {
    node_rowid_column,
    node_id_column,
    content_column,
    in_events_column,
    node_columns // how many
};

// Throws SourceError if there is neither table, or one that cannot be PCAS's.
StorageLayout look_at_storage(const SQLite::Database &database, const std::string &file);

// The name of the generation's table.
const char *table_of(Generation generation);

} // namespace backfill
