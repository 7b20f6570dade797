-- The table of vectors as an older installation has it, and what its server adds when it is next started with hybrid search on. Debian 12 has no pgvector
-- for its PostgreSQL: an array, and an operator of the same name and meaning, stand in for VECTOR and its cosine distance.
CREATE FUNCTION cosine_distance(a real[], b real[]) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT 1 - sum(x * y) / sqrt(sum(x * x) * sum(y * y)) FROM unnest(a, b) AS pair (x, y)
$$;
CREATE OPERATOR <=> (LEFTARG = real[], RIGHTARG = real[], FUNCTION = cosine_distance);

CREATE TABLE pcas_vectors (
    id TEXT PRIMARY KEY,
    embedding real[] NOT NULL,
    metadata JSONB,
    created_at TIMESTAMPTZ DEFAULT now()
);

ALTER TABLE pcas_vectors
    ADD COLUMN user_id TEXT GENERATED ALWAYS AS (metadata->>'user_id') STORED,
    ADD COLUMN session_id TEXT GENERATED ALWAYS AS (metadata->>'session_id') STORED,
    ADD COLUMN event_type TEXT GENERATED ALWAYS AS (metadata->>'event_type') STORED,
    ADD COLUMN event_ts TIMESTAMPTZ GENERATED ALWAYS AS (to_timestamp((metadata->>'timestamp_unix')::bigint)) STORED;
CREATE INDEX ON pcas_vectors (user_id, event_type);
CREATE INDEX ON pcas_vectors USING BRIN (event_ts);
