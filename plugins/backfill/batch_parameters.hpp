// What the statements take that write a batch, or show what they would write, in the order in which statements.hpp numbers it.
#pragma once

#include "array_parameter.hpp"
#include "batch.hpp"
#include "postgres.hpp"

#include <vector>

namespace backfill {

class BatchParameters {
public:
    BatchParameters();

    void add(const Update &update);
    // Borrows from this object, until the next add().
    std::vector<Parameter> all();

private:
    ArrayParameter ids_{text_oid};
    ArrayParameter metadata_{jsonb_oid};
    ArrayParameter keys_{text_oid};
};

} // namespace backfill
