#include "plain_text.hpp"

#include <cstdint>
#include <cstring>

namespace backfill {
namespace {

// Eight bytes at a time, each in its own lane of a word.
constexpr std::uint64_t in_each_lane = 0x0101'0101'0101'0101, high_bits = in_each_lane * 0x80;

// Not 0 if a byte of the word is below `limit`, which is at most 0x80. (Beside such a byte others may be marked too.)
std::uint64_t any_below(std::uint64_t word, std::uint64_t limit) {
    return (word - in_each_lane * limit) & ~word & high_bits;
}

std::uint64_t any_equal(std::uint64_t word, char character) {
    return any_below(word ^ (in_each_lane * static_cast<unsigned char>(character)), 1);
}

std::uint64_t not_plain(std::uint64_t word) {
    return (word & high_bits) | any_below(word, 0x20) | any_equal(word, '"') | any_equal(word, '\\');
}

std::uint64_t word_at(const char *bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

bool is_plain_short(std::string_view text) {
    std::uint64_t word = in_each_lane * ' ';
    std::memcpy(&word, text.data(), text.size());
    return not_plain(word) == 0;
}

} // namespace

bool is_plain(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    if (text.size() < step) return is_plain_short(text);
    const char *const last = text.data() + text.size() - step; // overlaps the one before
    std::uint64_t found = not_plain(word_at(last));
    for (const char *at = text.data(); at < last; at += step) found |= not_plain(word_at(at));
    return found == 0;
}

} // namespace backfill
