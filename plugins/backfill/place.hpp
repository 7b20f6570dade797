// Where the rows of a batch lie in a table, if they lie together.
//
// The server adds a row for each event that comes, so they mostly do, in the order of the events. Then a few of them are
// looked up, for several batches at a time, and what lies from the first to the last is read instead of looking up each
// id: for an update of one batch, or for a look at several. A place is a guess: what is not found there is looked for by its
// id.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backfill {

// PostgreSQL's tid, the place of one version of a row.
struct Tid {
    std::uint32_t page;
    std::uint16_t item;
    auto operator<=>(const Tid &) const = default; // NOLINT(modernize-use-nullptr): the compiler's 0
};

std::optional<Tid> tid_from(std::string_view text); // as PostgreSQL writes it: "(page,item)"
std::string to_text(const Tid &tid);

struct Place {
    Tid first, last;
    bool operator==(const Place &) const = default;
};

// Is this row of a batch one of those that are looked up? The first and the last are, and some between, for these may not
// be there.
bool is_sample(std::size_t at, std::size_t rows);

struct FoundSample {
    std::size_t at; // in its batch
    Tid tid;
};

// Nothing if a batch of so many rows does not lie together, by what was found of it. A row here and there may lie
// elsewhere, such as one that was written again.
std::optional<Place> place_of(std::vector<FoundSample> found, std::size_t rows);

// The same with margins, as wide as what lies between two of so many samples. Where rows are only read, to read some more
// costs little; and thousands of them that were written at a time, by others, lie in any order.
Place with_margins(const Place &place, std::size_t samples);

} // namespace backfill
