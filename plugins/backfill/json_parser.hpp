// simdjson's parser and the room that it needs: it reads a little past the end of a text. For source files only: its
// header takes two seconds to compile, so headers name this class and no more.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace backfill {

// Keeps its buffers from one text to the next.
class JsonParser {
public:
    // The document is good until the next call.
    simdjson::simdjson_result<simdjson::ondemand::document> iterate(std::string_view text) {
        padded_.assign(text);
        padded_.append(simdjson::SIMDJSON_PADDING, '\0');
        return parser_.iterate(padded_.data(), text.size(), padded_.size());
    }

private:
    simdjson::ondemand::parser parser_;
    std::string padded_;
};

} // namespace backfill
