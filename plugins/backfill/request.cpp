#include "request.hpp"

#include <algorithm>

namespace backfill {

void sort_by_id(std::vector<Row> &rows) {
    const auto earlier = [](const Row &a, const Row &b) { return a.update().id < b.update().id; };
    if (!std::is_sorted(rows.begin(), rows.end(), earlier)) std::sort(rows.begin(), rows.end(), earlier);
}

Request one_by_one(Request request) {
    request.together = false;
    sort_by_id(request.rows);
    return request;
}

} // namespace backfill
