#include "live_line.hpp"

#include "escape.hpp"

#include <cstddef>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace host {
namespace {

constexpr std::string_view line_start = "\r";
constexpr std::string_view clear_to_end = "\x1b[K";

// A terminal that is gone costs the line, never the command.
void write_to_stderr(const std::string &bytes) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
}

std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; count > 0 && end < text.size(); --count) end += character_length(text.substr(end));
    return text.substr(0, end);
}

} // namespace

void LiveLine::show(std::string text) {
    if (!possible_) return;
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
    if (text_.empty())
        erase();
    else
        draw();
}

void LiveLine::erase() {
    if (!is_drawn_) return;
    write_to_stderr(std::string(line_start).append(clear_to_end));
    is_drawn_ = false;
}

void LiveLine::draw() {
    if (text_.empty() || is_within_a_line_) return;
    // A terminal wraps after its last column: that one stays empty.
    const auto room = static_cast<std::size_t>(terminal_.columns() - 1);
    write_to_stderr(std::string(line_start).append(first_characters(text_, room)).append(clear_to_end));
    is_drawn_ = true;
}

} // namespace host
