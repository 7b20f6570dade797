#include "preflight.hpp"

#include "statements.hpp"
#include "table_name.hpp"

#include <fmt/format.h>

namespace backfill {
namespace {

struct SessionFacts {
    explicit SessionFacts(const Rows &row)
        : encoding(field(row, 0, 0)), standby(is_true(row, 0, 1)), read_only(is_true(row, 0, 2)),
          role(field(row, 0, 3)) {}

    std::string encoding;
    bool standby;
    bool read_only;
    std::string role;
};

struct TableFacts {
    explicit TableFacts(const Rows &row)
        : exists(!field(row, 0, 0).empty()), id_type(field(row, 0, 1)), metadata_type(field(row, 0, 2)),
          readable(is_true(row, 0, 3)), may_be_updated(is_true(row, 0, 4)), one_heap(is_true(row, 0, 5)) {}

    bool exists;
    std::string id_type; // "" if there is no such column
    std::string metadata_type;
    bool readable;
    bool may_be_updated;
    bool one_heap;
};

void require_encoding(const SessionFacts &session) {
    if (session.encoding != "UTF8")
        throw StoreError(
            fmt::format("the database's encoding is {}, not UTF8: texts of events could be altered or rejected; "
                        "back up and restore it into a database created with ENCODING 'UTF8'",
                        session.encoding));
}

void require_column(const std::string &table, const char *column, const std::string &type, const char *wanted) {
    if (type.empty())
        throw StoreError(fmt::format(
            "table {} has no column {}; is it the table of PCAS's vectors? --table names another one", table, column));
    if (type != wanted && !(type == "character varying" && std::string_view(wanted) == "text"))
        throw StoreError(fmt::format("column {} of table {} is of type {}, not {}", column, table, type, wanted));
}

void require_columns(const TableFacts &facts, const SessionFacts &session, const TableName &table) {
    if (!facts.exists)
        throw StoreError(
            fmt::format("there is no table {} in the database; start the PCAS server once to create it, or name "
                        "the table with --table",
                        table.quoted()));
    require_column(table.quoted(), "id", facts.id_type, "text");
    require_column(table.quoted(), "metadata", facts.metadata_type, "jsonb");
    if (!facts.readable)
        throw StoreError(
            fmt::format("role {0} may not read {1}; let its owner run: GRANT SELECT (id, metadata) ON {1} TO {0}",
                        session.role, table.quoted()));
}

std::optional<std::string> obstacle_to_updates(const SessionFacts &session, const TableFacts &facts,
                                               const TableName &table) {
    if (session.standby) return "the server is a read-only standby; connect to the primary";
    if (session.read_only)
        return "transactions on this server are read-only (default_transaction_read_only); connect to the primary, or "
               "as a role that may write";
    if (!facts.may_be_updated)
        return fmt::format("role {0} may not update {1}; let its owner run: GRANT UPDATE (metadata) ON {1} TO {0}",
                           session.role, table.quoted());
    return std::nullopt;
}

} // namespace

// To plan an update needs the lock on the table that an update needs, and none on a row. Facts on the table come behind
// that, so that they tell if somebody took it away meanwhile.
std::vector<Transaction> preflight_questions(const TableName &table, std::chrono::milliseconds lock_timeout) {
    return {
        {{session_facts}}, planned_update(table, lock_timeout), {{table_facts, {{text_oid, table.quoted(), false}}}}};
}

Preflight preflight(const std::vector<Reply> &replies, const TableName &table) {
    const SessionFacts session(replies.at(0).last());
    require_encoding(session);
    const TableFacts facts(replies.at(2).last());
    require_columns(facts, session, table);
    Preflight found;
    found.one_heap = facts.one_heap;
    found.obstacle = obstacle_to_updates(session, facts, table);
    const auto &refusal = replies.at(1).error;
    if (found.obstacle || !refusal) return found;
    if (refusal->trouble == Trouble::rejected)
        found.obstacle = fmt::format("{} cannot be updated; name the table of PCAS's vectors with --table: {}",
                                     table.quoted(), refusal->message);
    else if (refusal->waited_for_lock())
        found.locked = fmt::format("another session has locked {} as a whole, as CREATE INDEX and ALTER TABLE do: {}",
                                   table.quoted(), refusal->message);
    return found; // other trouble is met, and healed, where the updates are
}

} // namespace backfill
