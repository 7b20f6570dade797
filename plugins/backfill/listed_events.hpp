// The events of a PCAS SQLite file that a list names, in the order of the list.
//
// An id that no event has is handed out as an UnreadableEvent of the kind no_event: whoever named it learns of it. One
// that the list names twice comes twice, but never in the same answer.
#pragma once

#include "event_stream.hpp"
#include "id_list.hpp"
#include "source_error.hpp"
#include "sqlite_file.hpp"
#include "stored_event.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace backfill {

class ListedEvents : public EventStream {
public:
    // Throws SourceError if the file cannot be read.
    ListedEvents(const std::filesystem::path &sqlite, IdList ids);

    std::span<SourceEvent> next(std::size_t limit) override;

    const IdList &list() const { return ids_; }

private:
    void take_ids(std::size_t limit);
    void look_up(SQLite::Database &database, std::size_t limit);

    std::string path_;
    SqliteFile file_;
    StoredEventReader reader_;
    IdList ids_;
    std::optional<EventId> held_back_; // read from the list, but among the wanted already
    std::vector<EventId> wanted_;      // to be looked up, all different
    std::vector<SourceEvent> found_;   // of the first of them
};

} // namespace backfill
