#include "answer_rows.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

namespace backfill {

std::vector<int> rows_of(const Request &request, const Rows &answer) {
    std::vector<int> sorted(static_cast<std::size_t>(PQntuples(answer.get())));
    std::iota(sorted.begin(), sorted.end(), 0);
    const auto id = [&answer](int row) { return view(answer, row, 0); };
    const auto earlier = [&id](int a, int b) { return id(a) < id(b); };
    if (!std::is_sorted(sorted.begin(), sorted.end(), earlier)) std::sort(sorted.begin(), sorted.end(), earlier);

    std::vector<int> found;
    found.reserve(request.rows.size());
    auto next = sorted.begin();
    for (const Row &row : request.rows) {
        const std::string_view wanted = row.update().id.text;
        while (next != sorted.end() && id(*next) < wanted) ++next;
        found.push_back(next != sorted.end() && id(*next) == wanted ? *next : no_row);
    }
    return found;
}

} // namespace backfill
