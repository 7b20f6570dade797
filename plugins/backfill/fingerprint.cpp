#include "fingerprint.hpp"

#include "json_parser.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <random>

namespace backfill {
namespace {

// In the order of this machine, which is nearly always the server's.
std::uint64_t bytes_at(const char *bytes, std::size_t count) { // 1 to 8
    const auto byte = [bytes](std::size_t at) {
        return std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at);
    };
    const auto half = [bytes](std::size_t at) {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes + at, sizeof word);
        return std::uint64_t{word} << (8 * at);
    };
    if (count >= 4) return half(0) | half(count - 4); // which overlap, and agree where they do
    return byte(0) | byte(count / 2) | byte(count - 1);
}

// Bob Jenkins' lookup3 (2006, public domain), with a seed as PostgreSQL mixes it in.
class Lookup3 {
public:
    static std::uint64_t hash(std::string_view text, std::uint64_t seed) {
        Lookup3 state(text.size());
        if (seed != 0) state.mix(std::rotl(seed, 32), 0);
        const char *at = text.data();
        std::size_t left = text.size();
        for (; left >= 12; left -= 12, at += 12)
            state.mix(bytes_at(at, 8), static_cast<std::uint32_t>(bytes_at(at + 8, 4)));
        const std::uint64_t rest = left > 0 ? bytes_at(at, std::min<std::size_t>(left, 8)) : 0;
        const std::uint64_t last =
            left > 8 ? bytes_at(at + 8, left - 8) << 8 : 0; // its lowest byte is kept for the length
        return state.finish(rest, static_cast<std::uint32_t>(last));
    }

private:
    explicit Lookup3(std::size_t length)
        : a_(0x9e3779b9 + static_cast<std::uint32_t>(length) + 3923095), b_(a_), c_(a_) {}

    void mix(std::uint64_t ab, std::uint32_t c) {
        add(ab, c);
        step(a_, c_, 4, b_);
        step(b_, a_, 6, c_);
        step(c_, b_, 8, a_);
        step(a_, c_, 16, b_);
        step(b_, a_, 19, c_);
        step(c_, b_, 4, a_);
    }

    std::uint64_t finish(std::uint64_t ab, std::uint32_t c) {
        add(ab, c);
        last_step(c_, b_, 14);
        last_step(a_, c_, 11);
        last_step(b_, a_, 25);
        last_step(c_, b_, 16);
        last_step(a_, c_, 4);
        last_step(b_, a_, 14);
        last_step(c_, b_, 24);
        return std::uint64_t{b_} << 32 | c_;
    }

    void add(std::uint64_t ab, std::uint32_t c) {
        a_ += static_cast<std::uint32_t>(ab);
        b_ += static_cast<std::uint32_t>(ab >> 32);
        c_ += c;
    }

    static void step(std::uint32_t &to, std::uint32_t &from, int bits, std::uint32_t third) {
        to = (to - from) ^ std::rotl(from, bits);
        from += third;
    }

    static void last_step(std::uint32_t &to, std::uint32_t from, int bits) { to = (to ^ from) - std::rotl(from, bits); }

    std::uint32_t a_, b_, c_;
};

// Of a jsonb that is an object of strings: the hash and the size that PostgreSQL gives it.
class Jsonb {
public:
    void add(std::uint64_t hash, std::size_t size) { // of a key or a value, in turn
        constexpr std::uint64_t low_bits = 0x1'0000'0001;
        hash_ = (hash_ << 1 & ~low_bits) | (hash_ >> 31 & low_bits); // each half by itself
        hash_ ^= hash;
        size_ += entry + size;
    }

    Fingerprint fingerprint() const {
        constexpr std::size_t most_in_short_form = 130; // which a small value is stored in, with a header of one byte
        const std::size_t stored = size_ <= most_in_short_form ? size_ - 3 : size_;
        return {static_cast<std::int64_t>(hash_), static_cast<std::int32_t>(stored)};
    }

private:
    static constexpr std::uint64_t object = 0x2000'0000; // JB_FOBJECT, in both halves
    static constexpr std::size_t header = 4, entry = 4;

    std::uint64_t hash_ = object << 32 | object;
    std::size_t size_ = header + entry;
};

} // namespace

Fingerprints::Fingerprints(std::int64_t seed)
    : seed_(static_cast<std::uint64_t>(seed)), key_hashes_(), parser_(std::make_unique<JsonParser>()) {
    std::transform(metadata_keys.begin(), metadata_keys.end(), key_hashes_.begin(),
                   [this](std::string_view key) { return Lookup3::hash(key, seed_); });
}

Fingerprints::~Fingerprints() = default;

Fingerprint Fingerprints::of(std::string_view metadata) {
    Jsonb jsonb;
    std::size_t next_key = 0; // they come in order
    const auto add = [&](std::string_view key, std::string_view value) {
        while (metadata_keys[next_key] != key) ++next_key;
        jsonb.add(key_hashes_[next_key], key.size());
        jsonb.add(Lookup3::hash(value, seed_), value.size());
    };
    if (metadata.find('\\') == std::string_view::npos) { // then a quotation mark always begins or ends a text
        std::size_t behind = 0;
        const auto next_text = [&] {
            const std::size_t begin = metadata.find('"', behind) + 1;
            const std::size_t end = metadata.find('"', begin);
            behind = end + 1;
            return metadata.substr(begin, end - begin);
        };
        do {
            const std::string_view key = next_text();
            add(key, next_text());
        } while (metadata[behind] != '}');
    } else {
        auto document = parser_->iterate(metadata);
        for (auto member : document.get_object()) {
            const std::string_view key = member.unescaped_key();
            add(key, member.value().get_string());
        }
    }
    return jsonb.fingerprint();
}

std::int64_t random_seed() {
    std::random_device device;
    return static_cast<std::int64_t>(std::uniform_int_distribution<std::uint64_t>()(device));
}

} // namespace backfill
