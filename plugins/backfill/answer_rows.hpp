// Which row of an answer is about which row of its request.
#pragma once

#include "postgres.hpp"
#include "request.hpp"

#include <vector>

namespace backfill {

inline constexpr int no_row = -1;

// For each row of the request the number of one of the answer's rows that have its id in their first column, or no_row.
std::vector<int> rows_of(const Request &request, const Rows &answer);

} // namespace backfill
