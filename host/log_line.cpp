#include "log_line.hpp"

#include "escape.hpp"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

namespace host {
namespace {

// A value with a space in it would look like two.
std::string quoted_if_needed(std::string_view value) {
    std::string safe = escape(value);
    if (!safe.empty() && safe.find_first_of(" \"=") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (const char c : safe) {
        if (c == '"') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string time_text(std::chrono::system_clock::time_point time) {
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                       (milliseconds - seconds).count());
}

} // namespace

const char *level_name(LogLevel level) {
    switch (level) {
    case LogLevel::trace:
        return "trace";
    case LogLevel::debug:
        return "debug";
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    case LogLevel::off:
        break;
    }
    return "off";
}

std::string text_line(std::string_view message, const LogFields &fields) {
    std::string line = escape(message);
    for (const auto &[key, value] : fields) line += " " + escape(key) + "=" + quoted_if_needed(value);
    return line;
}

std::string json_line(std::chrono::system_clock::time_point time, LogLevel level, std::string_view command,
                      std::string_view message, const LogFields &fields) {
    nlohmann::ordered_json line;
    line["time"] = time_text(time);
    line["level"] = level_name(level);
    line["command"] = command;
    line["message"] = message;
    // A field that is called like one of ours must not take its place.
    for (const auto &[key, value] : fields) {
        std::string name(key);
        while (line.contains(name)) name += '_';
        line[name] = value;
    }
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace host
