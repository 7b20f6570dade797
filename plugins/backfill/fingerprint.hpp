// Is a row's metadata right already? The quick way to ask: the server tells a fingerprint of it, two numbers where
// the metadata would be three hundred bytes, and we compute the same of what the row should hold. Equal fingerprints mean equal
// metadata; others mean nothing, for the row may hold keys that are not ours: then the metadata itself is asked for
// (row_state.hpp).
//
// The fingerprint is what jsonb_hash_extended() and pg_column_size() give. The hash is that by which PostgreSQL finds the
// partition of a row, and so the same from version to version: Bob Jenkins' lookup3 of each key and value, rotated
// together. It is blind to brackets, and to the type of a value: [["ada"]] hashes as "ada" does, and some number as any
// short text. The size tells them apart, for nothing takes less room than an object of strings does. That other strings
// have the same fingerprint is left to chance, one in 2^64 for a row that is stale; and as each run has a seed of its
// own, the next one would find it. A server that disagrees with us (another byte order, metadata that are compressed)
// costs time: its fingerprints are never equal.
#pragma once

#include "metadata.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace backfill {

class JsonParser;

struct Fingerprint {
    std::int64_t hash;
    std::int32_t size; // in bytes, as the value is stored

    bool operator==(const Fingerprint &) const = default;
};

// Keeps its buffers from one call to the next.
class Fingerprints {
public:
    explicit Fingerprints(std::int64_t seed);
    ~Fingerprints();

    // `metadata` is metadata_of() an event.
    Fingerprint of(std::string_view metadata);

private:
    std::uint64_t seed_;
    std::array<std::uint64_t, metadata_keys.size()> key_hashes_;
    std::unique_ptr<JsonParser> parser_;
};

std::int64_t random_seed();

} // namespace backfill
