#include "place.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace backfill {
namespace {

constexpr std::size_t one_in = 50;

// A page has some eighty rows whose embeddings lie elsewhere, as real ones do. With four it would still pay.
constexpr std::size_t fewest_in_a_page = 4;

// To be told of so many rows takes a server as long as to look one up.
constexpr std::size_t most_for_one = 4;

std::size_t pages_between(const Tid &a, const Tid &b) {
    return a.page < b.page ? b.page - a.page : a.page - b.page;
}

Place widened(const Place &place, std::size_t by_pages) {
    const auto pages = static_cast<std::uint32_t>(by_pages);
    return {{place.first.page - std::min(place.first.page, pages), 0},
            {place.last.page + std::min(std::numeric_limits<std::uint32_t>::max() - place.last.page, pages),
             std::numeric_limits<std::uint16_t>::max()}};
}

// Those that lie with most of the others; none if most do not.
std::vector<FoundSample> without_strays(std::vector<FoundSample> found, std::size_t rows) {
    if (found.empty()) return found;
    const std::size_t count = found.size();
    const auto middle = found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2);
    std::ranges::nth_element(found, middle, {}, &FoundSample::tid);
    const Tid center = middle->tid;
    std::erase_if(found, [&](const FoundSample &sample) {
        return pages_between(sample.tid, center) > rows / fewest_in_a_page / 2;
    });
    if (found.size() * 2 <= count) found.clear();
    return found;
}

std::optional<Place> place_around(const std::vector<FoundSample> &near, std::size_t rows) {
    if (near.empty()) return std::nullopt;
    const auto [from, to] = std::ranges::minmax(near, {}, &FoundSample::at);
    const auto [first, last] = std::ranges::minmax(near, {}, &FoundSample::tid);
    Place place{first.tid, last.tid};
    // Beyond those that were found, on whichever side, lie as many rows in a page as between them.
    const std::size_t beyond = std::max(from.at, rows - 1 - to.at);
    if (beyond > 0) {
        const std::size_t between = std::max<std::size_t>(to.at - from.at, 1);
        place = widened(place, 1 + beyond * pages_between(place.first, place.last) / between);
    }
    if (pages_between(place.first, place.last) > rows) return std::nullopt;
    return place;
}

} // namespace

std::optional<Tid> tid_from(std::string_view text) {
    Tid tid{};
    const char *const end = text.data() + text.size();
    if (text.empty() || text.front() != '(') return std::nullopt;
    const auto page = std::from_chars(text.data() + 1, end, tid.page);
    if (page.ec != std::errc() || page.ptr == end || *page.ptr != ',') return std::nullopt;
    const auto item = std::from_chars(page.ptr + 1, end, tid.item);
    if (item.ec != std::errc() || std::string_view(item.ptr, end) != ")") return std::nullopt;
    return tid;
}

std::string to_text(const Tid &tid) {
    return "(" + std::to_string(tid.page) + "," + std::to_string(tid.item) + ")";
}

bool is_sample(std::size_t at, std::size_t rows) {
    return at % one_in == 0 || at + 1 == rows;
}

std::optional<Place> place_to_write(std::vector<FoundSample> found, std::size_t rows) {
    return place_around(without_strays(std::move(found), rows), rows);
}

std::optional<Place> place_to_read(std::vector<FoundSample> found, std::size_t rows) {
    const std::vector<FoundSample> near = without_strays(std::move(found), rows);
    const auto place = place_around(near, rows);
    if (!place) return std::nullopt;
    const Place wide = widened(*place, 1 + pages_between(place->first, place->last) / near.size());
    const std::size_t pages = pages_between(wide.first, wide.last) + 1;
    const FoundSample highest = std::ranges::max(near, {}, [](const FoundSample &sample) { return sample.tid.item; });
    if (pages * highest.tid.item > most_for_one * rows) return std::nullopt;
    return wide;
}

} // namespace backfill
