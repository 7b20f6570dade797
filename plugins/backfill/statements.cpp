#include "statements.hpp"

#include "table_name.hpp"

#include <fmt/format.h>

namespace backfill {
namespace {

// The row as it should be: our keys, and no others, are taken from the old metadata, and those that the event has are
// put in. A row without metadata (NULL, or JSON null) has nothing to keep.
constexpr const char *merged = "coalesce(nullif(v.metadata, 'null'), '{{}}') - {keys}::text[] || {wanted}";

// Is the row to be written? Not if it is right already: writing it again would make a row version, WAL and index
// entries for nothing. Not if its metadata is an array or a scalar either, which has no room for keys: replacing it
// would lose somebody's data. (CASE, not AND: keys cannot be taken from a scalar, and only CASE promises that nobody
// tries.)
constexpr const char *stale = R"(CASE coalesce(jsonb_typeof(v.metadata), 'null')
            WHEN 'null' THEN true
            WHEN 'object' THEN v.metadata <> v.metadata - {keys}::text[] || {wanted}
            ELSE false
       END)";

// Of a row's metadata (fingerprint.hpp), with a seed.
constexpr const char *fingerprint = "jsonb_hash_extended(v.metadata, '{}'), pg_column_size(v.metadata)";

// The ids are asked for three times. A table on another server is sent the condition that names them, without which it would
// be read, and locked, from end to end for every batch; and a column may take another id for one of them. The form is one
// that Citus is known to push down to its shards. RETURNING tells what was really written, triggers and policies included.
constexpr const char *update_text = R"(
UPDATE {table} AS v
   SET metadata = {merged}
  FROM unnest($1::text[], $2::jsonb[]) AS u (id, metadata)
 WHERE v.id = u.id
   AND v.id = ANY ($1::text[])
   AND v.id COLLATE "C" = u.id
   AND {stale}
RETURNING v.id)";

// To look the metadata up in an object costs less than to unnest arrays and to join them. The server must not plan the statement
// each time, for the sake of a place that it would know better then: a subquery hides it from the planner.
constexpr const char *update_together_text = R"(
UPDATE {table} AS v
   SET metadata = {merged}
 WHERE v.ctid BETWEEN (SELECT $3) AND (SELECT $4)
   AND $1::jsonb ? v.id
   AND {stale}
RETURNING v.id)";

// Here and below an index scan looks up the ids one by one.
constexpr const char *locate_text = R"(
SELECT v.id, v.ctid
  FROM {table} AS v
 WHERE v.id = ANY ($1::text[]))";

constexpr const char *compare_text = R"(
SELECT v.id, {fingerprint}
  FROM {table} AS v
 WHERE v.id = ANY ($1::text[]))";

// To send the ids, and to join them, would cost more than a few rows that nobody asked for.
constexpr const char *compare_together_text = R"(
SELECT v.id, {fingerprint}
  FROM {table} AS v
 WHERE v.ctid BETWEEN (SELECT $1) AND (SELECT $2))";

// What is done with the metadata is our own affair (row_state.hpp): to compare them here would cost the server more than
// to print them.
constexpr const char *check_text = R"(
SELECT v.id, v.metadata
  FROM {table} AS v
 WHERE v.id = ANY ($1::text[]))";

// By a function, where SET LOCAL would need a block around it.
constexpr const char *settings_text = R"(
SELECT $6 || pg_backend_pid(),
       CASE 'off' WHEN $4 THEN set_config('synchronous_commit', 'off', $5 = '')
                  WHEN current_setting('synchronous_commit') THEN set_config('synchronous_commit', 'on', true) END,
       set_config('lock_timeout', $1, $5 = ''),
       set_config('statement_timeout', $2, $5 = ''),
       CASE $3 WHEN 'on' THEN set_config('transaction_read_only', 'on', true) END
 WHERE $5 IN ('', concat_ws(' ', pg_backend_pid(), coalesce(inet_client_port(), current_setting('port')::integer))))";

// A message of no content, to nobody: a commit waits for the disk only if its transaction has written to the log. Where our
// session does not wait, that is taken back for this one.
constexpr const char *flush_text = R"(
SELECT pg_logical_emit_message(true, 'pcasctl', ''),
       CASE current_setting('synchronous_commit') WHEN 'off' THEN
           CASE set_config('synchronous_commit', NULL, true) WHEN 'off' THEN
               set_config('synchronous_commit', 'on', true) END END)";

constexpr const char *log_positions_text = R"(
SELECT CASE current_setting('synchronous_standby_names') WHEN '' THEN (pg_current_wal_insert_lsn() - '0/0')::bigint END,
       (pg_current_wal_flush_lsn() - '0/0')::bigint)";

// Rewrites and plans an update, and does nothing.
constexpr const char *planned_update_text = R"(
EXPLAIN UPDATE {table} AS v SET metadata = v.metadata WHERE v.id IS NULL RETURNING v.id)";

constexpr const char *preview_text = R"(
SELECT v.id, v.metadata, {merged}
  FROM {table} AS v
  JOIN unnest($1::text[], $2::jsonb[]) AS u (id, metadata) ON v.id = u.id
 WHERE v.id = ANY ($1::text[])
   AND v.id COLLATE "C" = u.id
   AND {stale}
 ORDER BY v.id)";

constexpr const char *is_as_before_text = R"(
SELECT $2::text::jsonb || (v.metadata - $3::text[]) = v.metadata
  FROM {table} AS v
 WHERE v.id = ANY ($1::text[]))";

std::string fill_in(const char *text, const TableName &table, std::int64_t seed) {
    return fmt::format(fmt::runtime(text), fmt::arg("table", table.quoted()),
                       fmt::arg("fingerprint", fmt::format(fingerprint, seed)));
}

// What writes or shows a batch, of which a row's metadata are `wanted`.
std::string fill_in(const char *text, const TableName &table, const char *keys, const char *wanted) {
    const auto with = [&](const char *part) {
        return fmt::format(fmt::runtime(part), fmt::arg("keys", keys), fmt::arg("wanted", wanted));
    };
    return fmt::format(fmt::runtime(text), fmt::arg("table", table.quoted()), fmt::arg("merged", with(merged)),
                       fmt::arg("stale", with(stale)));
}

std::string with_arrays(const char *text, const TableName &table) {
    return fill_in(text, table, "$3", "u.metadata");
}

std::string with_object(const char *text, const TableName &table) {
    return fill_in(text, table, "$2", "($1::jsonb -> v.id)");
}

std::string name(const char *statement, std::int64_t seed) {
    return fmt::format("pcasctl_{}_{:x}", statement, static_cast<std::uint64_t>(seed));
}

} // namespace

Statements::Statements(const TableName &table, std::int64_t seed)
    : settings{name("settings", seed), settings_text}, update{name("update", seed), with_arrays(update_text, table)},
      update_together{name("update_together", seed), with_object(update_together_text, table)},
      locate{name("locate", seed), fill_in(locate_text, table, seed)}, compare{name("compare", seed),
                                                                               fill_in(compare_text, table, seed)},
      compare_together{name("compare_together", seed), fill_in(compare_together_text, table, seed)},
      check{name("check", seed), fill_in(check_text, table, seed)}, flush{name("flush", seed), flush_text},
      log_positions{name("log_positions", seed), log_positions_text}, preview(with_arrays(preview_text, table)),
      is_as_before(fill_in(is_as_before_text, table, seed)) {}

Transaction planned_update(const TableName &table, std::chrono::milliseconds lock_timeout) {
    return {{fmt::format("SELECT set_config('lock_timeout', '{}', true)", lock_timeout.count())},
            {fmt::format(planned_update_text, fmt::arg("table", table.quoted()))}};
}

const char *const table_facts = R"(
SELECT t.oid,
       format_type(id.atttypid, NULL),
       format_type(metadata.atttypid, NULL),
       has_column_privilege(t.oid, id.attnum, 'SELECT') AND has_column_privilege(t.oid, metadata.attnum, 'SELECT'),
       has_column_privilege(t.oid, metadata.attnum, 'UPDATE'),
       (SELECT relkind = 'r' AND NOT relhassubclass FROM pg_class WHERE pg_class.oid = t.oid)
       AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')
       AND has_column_privilege(t.oid, 'ctid', 'SELECT')
       AND current_setting('server_version_num')::int >= 140000
  FROM (SELECT to_regclass($1)) AS t (oid)
  LEFT JOIN pg_attribute AS id ON id.attrelid = t.oid AND id.attname = 'id' AND NOT id.attisdropped
  LEFT JOIN pg_attribute AS metadata ON metadata.attrelid = t.oid AND metadata.attname = 'metadata' AND NOT metadata.attisdropped)";

const char *const target_facts = R"(
SELECT current_database(),
       format('%I.%I', n.nspname, t.relname),
       t.oid,
       has_function_privilege('pg_control_system()', 'EXECUTE')
  FROM pg_class AS t
  JOIN pg_namespace AS n ON n.oid = t.relnamespace
 WHERE t.oid = to_regclass($1))";

const char *const server_number = "SELECT system_identifier FROM pg_control_system()";

const char *const may_see_standbys = R"(
SELECT pg_has_role('pg_read_all_stats', 'USAGE'), current_user)";

// A standby that has replayed everything reports no lag after a while.
const char *const slowest_standby = R"(
SELECT floor(extract(epoch FROM max(coalesce(replay_lag, '0'))) * 1000)::bigint
  FROM pg_stat_replication
 WHERE state IN ('streaming', 'catchup'))";

const char *const session_facts = R"(
SELECT current_setting('server_encoding'), pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, current_user)";

} // namespace backfill
