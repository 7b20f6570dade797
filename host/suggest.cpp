#include "suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace host {

std::size_t edit_distance(std::string_view left, std::string_view right) {
    // Three rows of the table are enough: a swap looks two rows back.
    std::vector<std::size_t> before_last, last(right.size() + 1), current(right.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = current;
    }
    return last[right.size()];
}

std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string> &names) {
    // Names are at most 64 long, so what is much longer resembles none of them, and is not worth the time.
    constexpr std::size_t longest_worth_comparing = 128, shortest_beginning = 3;
    if (typed.size() > longest_worth_comparing) return std::nullopt;
    std::optional<std::string> best;
    std::size_t best_distance = 1 + std::max<std::size_t>(1, std::min<std::size_t>(3, typed.size() / 3));
    for (const std::string &name : names) {
        const std::size_t distance = edit_distance(typed, name);
        if (distance >= best_distance) continue;
        best_distance = distance;
        best = name;
    }
    if (best || typed.size() < shortest_beginning) return best;
    const auto begun =
        std::find_if(names.begin(), names.end(), [typed](const std::string &name) { return name.starts_with(typed); });
    return begun == names.end() ? best : *begun;
}

std::string did_you_mean(std::string_view typed, const std::vector<std::string> &names, std::string_view prefix) {
    const auto name = nearest(typed, names);
    return name ? fmt::format("; did you mean {}{}?", prefix, *name) : std::string();
}

} // namespace host
