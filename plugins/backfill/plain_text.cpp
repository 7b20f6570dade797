#include "plain_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace backfill {
namespace {

// Many bytes at a time, as gcc and clang know them on every processor. Signed, so that what is not ASCII is below zero.
using Eight = signed char __attribute__((vector_size(8)));
using Sixteen = signed char __attribute__((vector_size(16)));

// Each byte that is not plain becomes one that is not 0.
template <class Bytes>
Bytes not_plain(const char *text) {
    Bytes bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    return (bytes < ' ') | (bytes == '"') | (bytes == '\\');
}

template <class Bytes>
bool is_zero(const Bytes &bytes) {
    std::array<std::uint64_t, sizeof bytes / sizeof(std::uint64_t)> words;
    std::memcpy(words.data(), &bytes, sizeof bytes);
    std::uint64_t any = 0;
    for (const std::uint64_t word : words) any |= word;
    return any == 0;
}

// Of a text that has at least so many bytes. The last ones may be looked at twice.
template <class Bytes>
bool is_plain_in(std::string_view text) {
    const char *const last = text.data() + text.size() - sizeof(Bytes);
    Bytes found = not_plain<Bytes>(last);
    for (const char *at = text.data(); at < last; at += sizeof(Bytes)) found |= not_plain<Bytes>(at);
    return is_zero(found);
}

} // namespace

bool is_plain(std::string_view text) {
    if (text.size() >= sizeof(Sixteen)) return is_plain_in<Sixteen>(text);
    if (text.size() >= sizeof(Eight)) return is_plain_in<Eight>(text);
    std::array<char, sizeof(Eight)> padded;
    padded.fill(' ');
    std::memcpy(padded.data(), text.data(), text.size());
    return is_plain_in<Eight>({padded.data(), padded.size()});
}

} // namespace backfill
