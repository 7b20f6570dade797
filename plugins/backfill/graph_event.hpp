// A node of the graph generation, whose content is one event as JSON, to an event.
#pragma once

#include "event.hpp"

#include <memory>
#include <string_view>

namespace backfill {

class JsonParser;

// Keeps its buffers from one event to the next, so reading allocates for the largest event only.
//
// The whole document is checked to be well-formed as far as that decides where our fields begin and end; `data` may
// hold anything, and numbers of any size. Where a key appears twice the last one counts, as it does for PCAS (Go's
// encoding/json). Deeper nesting than a thousand levels is refused.
class GraphEventReader {
public:
    GraphEventReader();
    ~GraphEventReader();

    // `node` is the node's own id: the event's, if `content` names none.
    SourceEvent read(std::string_view node, std::string_view content);

private:
    std::unique_ptr<JsonParser> parser_;
};

} // namespace backfill
