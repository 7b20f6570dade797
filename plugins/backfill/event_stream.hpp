// Events one after the other, wherever they come from: all that the loop knows of SQLite.
#pragma once

#include "event.hpp"
#include "position.hpp"

#include <cstddef>
#include <span>

namespace backfill {

class EventStream {
public:
    virtual ~EventStream() = default;

    // The next events, at most `limit` of them (which is not 0), and fewer if they are large; empty when there are no
    // more. They are the caller's until the next call. Throws SourceError or FileError.
    virtual std::span<SourceEvent> next(std::size_t limit) = 0;

    // Behind the last event that was handed out; of no meaning where events do not come in the order of the file.
    virtual Position position() const { return {}; }

protected:
    EventStream() = default;
    EventStream(const EventStream &) = default;
    EventStream &operator=(const EventStream &) = default;
};

} // namespace backfill
