// What the statements take that write a batch, or show what they would write, in the order in which statements.hpp numbers it.
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
    // Borrows from this object, until the next all().
    std::vector<Parameter> all();

private:
    std::vector<const Update *> updates_;
    std::string metadata_; // of all of them
};

} // namespace backfill
