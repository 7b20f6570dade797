// What the statements on a batch take, in the order in which statements.hpp numbers it.
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
    // Both borrow from this object, until the next add().
    std::vector<Parameter> ids();
    std::vector<Parameter> all();

private:
    ArrayParameter ids_{text_oid};
    ArrayParameter metadata_{jsonb_oid};
    ArrayParameter keys_{text_oid};
};

} // namespace backfill
