// Messages on stderr, by spdlog: from any thread, one whole line each. A stderr that is closed or full costs the
// message, never the command.
#pragma once

#include "common_options.hpp"
#include "live_line.hpp"
#include "log_line.hpp"

#include <spdlog/logger.h>

#include <string>
#include <string_view>

namespace host {

class Log {
public:
    Log(const Common &common, std::string command, bool colour, LiveLine &line);

    bool enabled(LogLevel level) const;
    void write(LogLevel level, std::string_view message, const LogFields &fields = {});

private:
    std::string command_;
    bool json_;
    LiveLine &line_;
    spdlog::logger logger_;
};

} // namespace host
