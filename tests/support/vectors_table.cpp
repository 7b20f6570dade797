#include "vectors_table.hpp"

namespace support {

void create_vectors_table(const Connection &connection, bool hybrid_search, const std::string &embedding_type) {
    connection.exec("CREATE TABLE pcas_vectors (id TEXT PRIMARY KEY, embedding " + embedding_type
                    + " NOT NULL, metadata JSONB, created_at TIMESTAMPTZ DEFAULT now())");
    if (hybrid_search) add_hybrid_search(connection);
}

void add_hybrid_search(const Connection &connection) {
    connection.exec(R"(
ALTER TABLE pcas_vectors
  ADD COLUMN user_id TEXT GENERATED ALWAYS AS (metadata->>'user_id') STORED,
  ADD COLUMN session_id TEXT GENERATED ALWAYS AS (metadata->>'session_id') STORED,
  ADD COLUMN event_type TEXT GENERATED ALWAYS AS (metadata->>'event_type') STORED,
  ADD COLUMN event_ts TIMESTAMPTZ GENERATED ALWAYS AS (to_timestamp((metadata->>'timestamp_unix')::bigint)) STORED;
CREATE INDEX ON pcas_vectors (user_id, event_type);
CREATE INDEX ON pcas_vectors USING BRIN (event_ts))");
}

} // namespace support
