// What the vector store asks outside of the pipeline, while nothing is on its way.
#include "back_off.hpp"
#include "batch_parameters.hpp"
#include "transaction_settings.hpp"
#include "vector_store.hpp"

#include <fmt/format.h>

namespace backfill {

void VectorStore::ask(const Question &question) {
    for (;; wait_for_answers(lanes_.next_attempt())) { // where a lost connection is noticed
        lanes_.connect_again();
        Lane *lane = lanes_.least_busy();
        if (lane != nullptr && asked(*lane, question)) return;
    }
}

bool VectorStore::asked(Lane &lane, const Question &question) {
    try {
        lane.talk(question);
        lane.failures = 0;
        return true;
    } catch (const StoreError &error) {
        if (lane.is_up()) throw; // the answer, not a connection that failed
        lanes_.lost(lane, error.what());
        return false;
    }
}

Target VectorStore::target() {
    Target target;
    ask([&](const Connection &connection) { target = identify(connection, settings_.table); });
    return target;
}

std::vector<Preview> VectorStore::preview(const Batch &batch) {
    BatchParameters parameters;
    for (const Update &update : batch) parameters.add(update);

    std::vector<Preview> previews;
    ask([&](const Connection &connection) {
        previews.clear();
        connection.query("BEGIN READ ONLY");
        const Rows rows = connection.query(statements_.preview.c_str(), parameters.all());
        connection.query("COMMIT");
        for (int row = 0; row < PQntuples(rows.get()); ++row)
            previews.push_back({{field(rows, row, 0)}, field(rows, row, 1), field(rows, row, 2)});
    });
    return previews;
}

// Would the server leave a row as it is, if it were updated? Triggers may make something else of a row than we wrote, so
// that it never is what its event says; but updated again it is what it was before. A row that lacks an update is not.
// What is tried is taken back, in the same transaction.
bool VectorStore::stays(const Update &update, const std::string &metadata) {
    if (settings_.mode == Mode::dry_run) {
        warn_("the row of event " + update.id.text
              + " is not as the event says: unless a trigger of the server makes it so, a run without --dry-run would "
                "refuse to go on from the checkpoint");
        return true;
    }
    for (int attempts = 0;;) {
        const auto [same, error] = try_update(update, metadata);
        if (!error) return same;
        if (error->trouble == Trouble::rejected) return false;
        if (stop_.requested()) throw StoreError(error->what());
        if (++attempts > settings_.retries)
            throw StoreError(
                fmt::format("{} (--retries): whether the row of event {} was updated, as the checkpoint says, cannot "
                            "be tried: {}",
                            gave_up_after(settings_.retries), update.id.text, error->what()));
        warn_(fmt::format("whether the row of event {} was updated, as the checkpoint says, will be tried again: {}",
                          update.id.text, error->what()));
        stop_.wait(back_off(attempts));
    }
}

VectorStore::Trial VectorStore::try_update(const Update &update, const std::string &metadata) {
    const TransactionSettings settings(settings_.timeouts.lock_in_query(), settings_.timeouts.statement, false);
    BatchParameters parameters;
    parameters.add(update);
    Trial trial;
    ask([&](const Connection &connection) {
        trial = {};
        connection.query("BEGIN");
        connection.query(statements_.settings.text.c_str(), settings.parameters(true, false));
        try {
            const std::vector<Parameter> values = parameters.all();
            const Rows written = connection.query(statements_.update.text.c_str(), values);
            const Rows rows =
                connection.query(statements_.is_as_before.c_str(), {values[0], {text_oid, metadata, false}, values[2]});
            trial.same = PQntuples(written.get()) == 1 && PQntuples(rows.get()) == 1 && is_true(rows, 0, 0);
        } catch (const StatementError &error) {
            trial.error = error;
        }
        connection.query("ROLLBACK");
    });
    return trial;
}

} // namespace backfill
