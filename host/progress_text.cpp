#include "progress_text.hpp"

#include "escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace host {
namespace {

using std::chrono::seconds;

// Before, the guess would jump.
constexpr seconds first_guess{2};

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} bytes", bytes);
    std::size_t unit = 0;
    while (unit + 1 < units.size() && bytes >> (10 * (unit + 1)) != 0) ++unit;
    return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(std::int64_t{1} << (10 * unit)),
                       units[unit]);
}

std::string amount_text(const TaskState &task) {
    if (task.unit != "bytes") {
        const std::string of = task.total ? fmt::format(" of {}", *task.total) : "";
        return fmt::format("{}{} {}", task.done, of, escape(task.unit));
    }
    const std::string of = task.total ? " of " + bytes_text(*task.total) : "";
    return bytes_text(task.done) + of;
}

std::string time_text(seconds left) {
    const auto count = left.count();
    if (count < 60) return fmt::format("{} s", count);
    if (count < 3600) return fmt::format("{} min {} s", count / 60, count % 60);
    return fmt::format("{} h {} min", count / 3600, count / 60 % 60);
}

} // namespace

std::string progress_text(const TaskState &task, std::chrono::steady_clock::duration elapsed) {
    std::string text = fmt::format("{}: {}", escape(task.label), amount_text(task));
    if (!task.total || *task.total <= 0) return text;
    const double fraction = std::clamp(static_cast<double>(task.done) / static_cast<double>(*task.total), 0.0, 1.0);
    text += fmt::format(" ({} %)", static_cast<int>(fraction * 100));
    if (elapsed < first_guess || fraction <= 0 || fraction >= 1) return text;
    const std::chrono::duration<double> left = elapsed * ((1 - fraction) / fraction);
    constexpr std::chrono::duration<double> longest = std::chrono::hours(1000);
    if (left > longest) return text;
    return text + fmt::format(", {} left", time_text(std::chrono::ceil<seconds>(left)));
}

} // namespace host
