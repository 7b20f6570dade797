// One message of the log as one line, in text and in JSON. Whatever a plugin logs, it stays one line, and the JSON
// stays JSON.
#pragma once

#include "common_options.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace host {

using LogFields = std::vector<std::pair<std::string_view, std::string_view>>;

const char *level_name(LogLevel level);

// "message key=value other="two words""; what stands before it is the sink's affair.
std::string text_line(std::string_view message, const LogFields &fields);

// {"time":...,"level":...,"command":...,"message":...,<fields>}, without a newline.
std::string json_line(std::chrono::system_clock::time_point time, LogLevel level, std::string_view command,
                      std::string_view message, const LogFields &fields);

} // namespace host
