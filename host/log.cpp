#include "log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>

#include <memory>
#include <utility>

namespace host {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
    case LogLevel::trace:
        return spdlog::level::trace;
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    case LogLevel::off:
        break;
    }
    return spdlog::level::off;
}

spdlog::sink_ptr stderr_sink(bool colour) {
    return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour ? spdlog::color_mode::always
                                                                            : spdlog::color_mode::never);
}

} // namespace

Log::Log(const Common &common, std::string command, bool colour, LiveLine &line)
    : command_(std::move(command)), json_(common.json_log), line_(line),
      logger_(command_, stderr_sink(colour && !common.json_log)) {
    // In JSON the time stands inside the object, so the line is made whole before spdlog gets it.
    const char *pattern = json_ ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger_.set_level(level_of(common.log_level));
    // spdlog would complain on stderr, which is what has just failed.
    logger_.set_error_handler([](const std::string &) {});
}

bool Log::enabled(LogLevel level) const {
    return level != LogLevel::off && logger_.should_log(level_of(level));
}

void Log::write(LogLevel level, std::string_view message, const LogFields &fields) {
    if (!enabled(level)) return;
    const std::string line = json_ ? json_line(std::chrono::system_clock::now(), level, command_, message, fields)
                                   : text_line(message, fields);
    line_.make_way([&] { logger_.log(level_of(level), spdlog::string_view_t(line)); });
}

} // namespace host
