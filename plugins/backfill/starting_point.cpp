#include "starting_point.hpp"

#include "event_source.hpp"
#include "metadata.hpp"
#include "vector_store.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

namespace backfill {
namespace {

std::string described(const Target &target) {
    return fmt::format("table {} ({}) in database {} of server {}", target.table, target.table_oid, target.database,
                       target.server);
}

// What was durable once need not be there now: a backup may have been restored, or a standby promoted that had not
// received the last of it. A row that a trigger rewrites is never what its event says, and is not lost for that.
bool has_lost(const EventId &witness, EventSource &source, VectorStore &store) {
    const SourceEvent found = source.find(witness);
    const auto *event = std::get_if<Event>(&found);
    if (event == nullptr) return false;
    const Update update{witness, metadata_of(*event)};
    const std::vector<Preview> stale = store.preview({update});
    return !stale.empty() && !store.stays(update, stale.front().before);
}

} // namespace

StartingPoint starting_point(const CheckpointFile &file, const Target &target, EventSource &source,
                             VectorStore &store) {
    std::optional<Checkpoint> stored = file.read();
    if (!stored) {
        Checkpoint first;
        first.target = target;
        return {std::move(first)};
    }
    if (stored->target != target)
        file.refuse(fmt::format("it is of {}, and this run is for {}", described(stored->target), described(target)));
    if (!source.go_on_behind(stored->position))
        file.refuse(
            "the event that it stands at is not there in the SQLite file: it is of another file, or events were "
            "removed or numbered anew since");
    if (stored->witness && has_lost(*stored->witness, source, store))
        file.refuse(
            fmt::format("the row of event {} was right when it was written, and is not now: the database may have been "
                        "restored since, or the event changed",
                        stored->witness->text));
    if (stored->finished) stored->tally = {};
    return {std::move(*stored), true};
}

} // namespace backfill
