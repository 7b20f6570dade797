// The one question of the vector store that writes: would the server leave a row as it is, if it were updated? Triggers may
// make something else of a row than we wrote, so that it never is what its event says; but updated again it is what it
// was before. A row that lacks an update is not. What is tried is taken back, in the same transaction.
#include "batch_parameters.hpp"
#include "vector_store.hpp"

namespace backfill {

bool VectorStore::stays(const Update &update, const std::string &metadata) {
    if (settings_.mode == Mode::dry_run) {
        warn_("the row of event " + update.id.text
              + " is not as the event says: unless a trigger of the server makes it so, a run without --dry-run would "
                "refuse to go on from the checkpoint");
        return true;
    }
    const std::string lock_timeout = std::to_string(settings_.timeouts.lock.count()),
                      statement_timeout = std::to_string(settings_.timeouts.statement.count());
    BatchParameters parameters;
    parameters.add(update);
    bool same = false;
    ask([&](const Connection &connection) {
        connection.query("BEGIN");
        connection.query(statements_.settings.text.c_str(), {{text_oid, lock_timeout, false},
                                                             {text_oid, statement_timeout, false},
                                                             {text_oid, "off", false},
                                                             {text_oid, "on", false},
                                                             {text_oid, "off", false}});
        try {
            const std::vector<Parameter> values = parameters.all();
            const Rows written = connection.query(statements_.update.text.c_str(), values);
            const Rows rows =
                connection.query(statements_.is_as_before.c_str(), {values[0], {text_oid, metadata, false}, values[2]});
            same = PQntuples(written.get()) == 1 && PQntuples(rows.get()) == 1 && is_true(rows, 0, 0);
        } catch (const StatementError &error) {
            if (error.trouble != Trouble::rejected) throw;
        }
        connection.query("ROLLBACK");
    });
    return same;
}

} // namespace backfill
