#include "target.hpp"

#include "postgres.hpp"
#include "statements.hpp"
#include "table_name.hpp"

#include <fmt/format.h>

namespace backfill {

Target identify(Connection &connection, const TableName &table) {
    const Rows facts = connection.query(target_facts, {{text_oid, table.quoted(), false}});
    const bool may_see_number = is_true(facts, 0, 3);
    return {may_see_number ? field(connection.query(server_number), 0, 0)
                           : fmt::format("{}:{}", PQhost(connection.handle()), PQport(connection.handle())),
            field(facts, 0, 0), field(facts, 0, 1), field(facts, 0, 2)};
}

} // namespace backfill
