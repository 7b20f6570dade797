// The table that PCAS keeps its vectors in, as installations of either age have it.
#pragma once

#include "connection.hpp"

#include <string>

namespace support {

// Without hybrid search, as an older server left it: metadata only. The real type of `embedding` is VECTOR(3072), which
// needs pgvector; backfill never touches that column, so an array stands for it where the type is not what is tested.
void create_vectors_table(const Connection &connection, bool hybrid_search,
                          const std::string &embedding_type = "real[]");

// What a server with hybrid search does to an older table when it is started: generated columns, and indexes on them.
void add_hybrid_search(const Connection &connection);

} // namespace support
