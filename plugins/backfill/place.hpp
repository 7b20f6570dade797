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

// Where an update should look for so many rows of one batch. Nothing if they do not lie together, by what was found of
// them. A row here and there may lie elsewhere, such as one that was written again.
std::optional<Place> place_to_write(std::vector<FoundSample> found, std::size_t rows);

// Where a look should, for so many rows of several batches. It reads all that lies there, whosever it is: so it has margins, as
// wide as what lies between two samples, for thousands of rows that others have written at a time lie in any order; and
// nothing if it would be told of more than four rows for one of ours. How many a page has is told by the samples' numbers
// in it.
std::optional<Place> place_to_read(std::vector<FoundSample> found, std::size_t rows);

} // namespace backfill
