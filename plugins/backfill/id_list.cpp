#include "id_list.hpp"

#include "failure.hpp"
#include "file_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace backfill {
namespace {

constexpr std::size_t chunk = std::size_t{64} * 1024;
constexpr std::size_t longest_line =
    std::size_t{16} * 1024 * 1024; // an id of a megabyte, all of it escaped, and a reason that quotes it

} // namespace

IdList::IdList(const std::string &path)
    : name_(path == "-" ? "standard input" : path),
      file_(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!file_.is_open()) throw FileError(fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
}

std::optional<EventId> IdList::next() {
    std::string line;
    while (next_line(line)) {
        if (line.empty()) continue;
        std::optional<EventId> id = form_ == Form::plain ? std::nullopt : id_of_record(line);
        if (form_ == Form::unknown) form_ = id ? Form::report : Form::plain;
        if (form_ == Form::plain) return EventId{std::move(line)};
        if (id) return id;
        if (line_ended_)
            throw FileError(fmt::format("line {} of {} is not a record of a report, as the first line is: "
                                        "give a JSON object with the id of an event in each line, or a plain list",
                                        line_number_, name_));
        cut_short_ = true;
    }
    return std::nullopt;
}

bool IdList::next_line(std::string &line) {
    std::size_t searched = taken_;
    std::size_t end;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
        searched = buffer_.size();
        const std::size_t taken = taken_;
        const bool more = fill(); // drops what has been taken
        searched -= taken;
        if (!more) break;
    }
    line_ended_ = end != std::string::npos;
    if (!line_ended_) end = buffer_.size();
    if (!line_ended_ && taken_ == end) return false;
    line.assign(buffer_, taken_, end - taken_);
    taken_ = line_ended_ ? end + 1 : end;
    if (!line.empty() && line.back() == '\r') line.pop_back(); // a list that was made on Windows
    ++line_number_;
    return true;
}

bool IdList::fill() {
    buffer_.erase(0, taken_);
    taken_ = 0;
    const std::size_t kept = buffer_.size();
    if (kept > longest_line)
        throw FileError(fmt::format("line {} of {} is longer than {} MiB: no list of ids has such lines",
                                    line_number_ + 1, name_, longest_line / 1024 / 1024));
    buffer_.resize(kept + chunk);
    const ssize_t count = file_.read(buffer_.data() + kept, chunk);
    buffer_.resize(kept + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count < 0) throw FileError(fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
    return count > 0;
}

} // namespace backfill
