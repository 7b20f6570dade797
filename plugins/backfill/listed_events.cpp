#include "listed_events.hpp"

#include "storage_layout.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <unordered_set>
#include <utility>

namespace backfill {
namespace {

constexpr int id_parameter = 1, last_rowid_parameter = 4;

std::optional<SQLite::Statement> prepare(const SQLite::Database &database, const std::string &sql) {
    if (sql.empty()) return std::nullopt;
    return SQLite::Statement(database, sql);
}

// The statement's first row, if there is one. What is added while we read is as good as what was there before.
bool find(SQLite::Statement &statement, const EventId &id) {
    statement.reset();
    statement.bind(id_parameter, id.text);
    if (statement.getBindParameterCount() == last_rowid_parameter)
        statement.bind(last_rowid_parameter, std::numeric_limits<std::int64_t>::max());
    return statement.executeStep();
}

} // namespace

ListedEvents::ListedEvents(const std::filesystem::path &sqlite, IdList ids)
    : path_(sqlite.string()), file_(sqlite), ids_(std::move(ids)) {
    file_.read([this](SQLite::Database &database) { look_at_storage(database, path_); }); // here for its checks
}

std::span<SourceEvent> ListedEvents::next(std::size_t limit) {
    take_ids(limit);
    found_.clear();
    if (wanted_.empty()) return {};
    file_.read([this, limit](SQLite::Database &database) { look_up(database, limit); });
    wanted_.erase(wanted_.begin(), wanted_.begin() + static_cast<std::ptrdiff_t>(found_.size()));
    return found_;
}

void ListedEvents::take_ids(std::size_t limit) {
    std::unordered_set<std::string> taken;
    std::size_t bytes = 0;
    for (const EventId &id : wanted_) bytes += taken.insert(id.text).first->size();
    while (wanted_.size() < limit && bytes < enough_bytes) {
        std::optional<EventId> id = held_back_ ? std::exchange(held_back_, std::nullopt) : ids_.next();
        if (!id) return;
        if (!taken.insert(id->text).second) {
            held_back_ = std::move(id);
            return;
        }
        bytes += id->text.size();
        wanted_.push_back(std::move(*id));
    }
}

// The layout is looked at each time: the server may add a column, or the graph, in the middle of the list.
void ListedEvents::look_up(SQLite::Database &database, std::size_t limit) {
    const StorageLayout layout = look_at_storage(database, path_);
    std::optional<SQLite::Statement> events = prepare(database, layout.event_of_id);
    std::optional<SQLite::Statement> nodes = prepare(database, layout.node_of_id);
    found_.clear();
    std::size_t bytes = 0;
    const std::size_t most = std::min(limit, wanted_.size());
    while (found_.size() < most && bytes < enough_bytes) {
        found_.push_back(event_of(wanted_[found_.size()], events ? &*events : nullptr, nodes ? &*nodes : nullptr));
        bytes += size_of(found_.back());
    }
}

SourceEvent ListedEvents::event_of(const EventId &id, SQLite::Statement *events, SQLite::Statement *nodes) {
    if (events != nullptr && find(*events, id))
        if (auto event = reader_.event_of_row(*events)) return std::move(*event);
    if (nodes != nullptr && find(*nodes, id))
        if (auto event = reader_.event_of_node(*nodes)) return std::move(*event);
    return UnreadableEvent{id, "no event has this id", FailureKind::no_event};
}

} // namespace backfill
