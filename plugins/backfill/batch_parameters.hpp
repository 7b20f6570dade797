// What the statements take that write a batch, or show what they would write, in the order in which statements.hpp numbers it:
// its metadata as arrays, which any engine joins with, or as one object by id, which costs less where the table is one heap.
#pragma once

#include "batch.hpp"
#include "postgres.hpp"

#include <string>
#include <vector>

namespace backfill {

class BatchParameters {
public:
    // Borrows it.
    void add(const Update &update) { updates_.push_back(&update); }
    // Both borrow from this object, until the next call.
    std::vector<Parameter> arrays();
    std::vector<Parameter> object();

private:
    std::vector<const Update *> updates_;
    std::string ids_, metadata_; // of all of them
};

} // namespace backfill
