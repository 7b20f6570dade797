// Is a row's metadata right already? The quick way to ask: the server tells a fingerprint of it, eight bytes where the
// metadata would be three hundred, and we compute the same of what the row should hold. Equal fingerprints mean equal
// metadata; others mean nothing, for the row may hold keys that are not ours: then the metadata itself is asked for
// (row_state.hpp).
//
// The fingerprint is jsonb_hash_extended() xor pg_column_size(), in SQL in statements.cpp. The hash is that by which
// PostgreSQL finds the partition of a row, and so the same from version to version. It is Bob Jenkins' lookup3 of each
// key and value, rotated together, but blind to brackets: [["ada"]] hashes as "ada" does. The size sees them. That
// another metadata has the same fingerprint is left to chance, one in 2^64 for a row that is stale; and as each run has
// a seed of its own, the next one would find it. A server that disagrees with us (another byte order, metadata that are
// compressed) costs time: its fingerprints are never equal.
#pragma once

#include "metadata.hpp"

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace backfill {

// Keeps its buffers from one call to the next.
class Fingerprints {
public:
    explicit Fingerprints(std::int64_t seed);

    // `metadata` is metadata_of() an event.
    std::int64_t of(std::string_view metadata);

private:
    std::uint64_t seed_;
    std::array<std::uint64_t, metadata_keys.size()> key_hashes_;
    simdjson::ondemand::parser parser_;
    std::string padded_; // the parser reads a little past the end
};

std::int64_t random_seed();

} // namespace backfill
