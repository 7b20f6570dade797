// The ids that --only-ids names, one after the other: never more of the file than one line in memory.
//
// Either a plain list, one id a line, taken as it stands, or a report (see failure.hpp), one JSON object a line. The
// first line decides, and a report that then has another kind of line is refused: to guess would be to look for events
// that nobody named. Empty lines are passed over. An id with a line break in it fits into a report only.
#pragma once

#include "descriptor.hpp"
#include "event.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace backfill {

class IdList {
public:
    explicit IdList(const std::string &path); // "-" is standard input. Throws FileError, as next() does.

    std::optional<EventId> next(); // nothing at the end

    // Of what has been read so far: was it the records of a report?
    bool is_report() const { return form_ == Form::report; }
    // Did a report end in the middle of a record, as that of a killed run may? It was left out.
    bool cut_short() const { return cut_short_; }

private:
    enum class Form { unknown, plain, report };

    bool next_line(std::string &line); // false at the end
    bool fill();

    std::string name_; // for messages
    Descriptor file_;
    std::string buffer_;
    std::size_t taken_ = 0; // of the buffer
    std::int64_t line_number_ = 0;
    bool line_ended_ = false; // by a line break, not by the end of the file
    Form form_ = Form::unknown;
    bool cut_short_ = false;
};

} // namespace backfill
