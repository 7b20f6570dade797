#include "listed_events.hpp"

#include "event_lookup.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace backfill {

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
    EventLookup lookup(database, layout, reader_);
    found_.clear();
    std::size_t bytes = 0;
    const std::size_t most = std::min(limit, wanted_.size());
    while (found_.size() < most && bytes < enough_bytes) {
        found_.push_back(lookup.find(wanted_[found_.size()]));
        bytes += size_of(found_.back());
    }
}

} // namespace backfill
