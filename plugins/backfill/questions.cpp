// What the vector store asks outside of the pipeline, while nothing is on its way.
#include "back_off.hpp"
#include "batch_parameters.hpp"
#include "server_settings.hpp"
#include "vector_store.hpp"

#include <fmt/format.h>

namespace backfill {

// What an earlier run was killed over may be visible and not yet durable. It would be found right already, so it is
// flushed before anything is looked at.
void VectorStore::greet(Lane &lane) {
    auto questions = access_.questions();
    const std::size_t others = questions.size();
    if (settings_.mode == Mode::write) {
        questions.push_back({{statements_.flush.text}});
        questions.push_back(lane.session_settings()); // last: they are for what comes behind
    }
    const auto replies = lane.connection().ask(questions);
    access_.check(replies);
    if (settings_.mode == Mode::dry_run) return;
    if (const auto &error = replies[others].error) throw StoreError("cannot make updates durable: " + error->message);
    lane.session_is_set(replies[others + 1]);
    lane.unflushed.log_tells = !lane.commits_wait(); // until it does not
}

void VectorStore::ask(const Question &question) {
    for (;; wait_for_answers(lanes_.next_attempt())) { // where a lost connection is noticed
        lanes_.connect_again();
        Lane *lane = lanes_.least_busy();
        if (lane != nullptr && asked(*lane, question)) return;
    }
}

bool VectorStore::asked(Lane &lane, const Question &question) {
    try {
        question(lane.connection());
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
    ask([&](Connection &connection) { target = identify(connection, settings_.table); });
    return target;
}

std::optional<ServerError> VectorStore::insist(const std::string &what, const Attempt &attempt) {
    for (int attempts = 0;;) {
        auto error = attempt();
        if (!error || error->trouble == Trouble::rejected) return error;
        if (stop_.requested()) throw StoreError(error->message);
        if (++attempts > settings_.retries)
            throw StoreError(fmt::format("{} (--retries): {} cannot be tried: {}", gave_up_after(settings_.retries),
                                         what, error->message));
        warn_(fmt::format("{} will be tried again: {}", what, error->message));
        stop_.wait(back_off(attempts));
    }
}

std::vector<Preview> VectorStore::preview(const Batch &batch) {
    BatchParameters parameters;
    for (const Update &update : batch) parameters.add(update);
    const ServerSettings settings(settings_.timeouts.lock_in_query(), settings_.timeouts.statement, true);

    std::vector<Preview> previews;
    const auto error = insist("what would change in " + settings_.table.quoted(), [&] {
        Reply reply;
        ask([&](Connection &connection) {
            reply = std::move(connection
                                  .ask({{{statements_.settings.text, settings.for_transaction(true)},
                                         {statements_.preview, parameters.arrays()}}})
                                  .front());
        });
        if (reply.error) return reply.error;
        const Rows &rows = reply.last();
        for (int row = 0; row < PQntuples(rows.get()); ++row)
            previews.push_back({{field(rows, row, 0)}, field(rows, row, 1), field(rows, row, 2)});
        return reply.error;
    });
    if (error) throw StoreError(error->message);
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
    bool same = false;
    const auto error =
        insist(fmt::format("whether the row of event {} was updated, as the checkpoint says,", update.id.text),
               [&] { return try_update(update, metadata, same); });
    return !error && same;
}

std::optional<ServerError> VectorStore::try_update(const Update &update, const std::string &metadata, bool &same) {
    const ServerSettings settings(settings_.timeouts.lock_in_query(), settings_.timeouts.statement, false);
    BatchParameters parameters;
    parameters.add(update);
    const std::vector<Parameter> values = parameters.arrays();
    std::optional<ServerError> error;
    ask([&](Connection &connection) {
        const auto replies =
            connection.ask({{{"BEGIN"},
                             {statements_.settings.text, settings.for_transaction(true)},
                             {statements_.update.text, values},
                             {statements_.is_as_before, {values[0], {text_oid, metadata, false}, values[2]}}},
                            {{"ROLLBACK"}}});
        replies.back().last();
        const Reply &tried = replies.front();
        error = tried.error;
        if (error) return;
        const Rows &written = tried.rows.at(2), &rows = tried.rows.at(3);
        same = PQntuples(written.get()) == 1 && PQntuples(rows.get()) == 1 && is_true(rows, 0, 0);
    });
    return error;
}

} // namespace backfill
