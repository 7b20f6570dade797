#include "answer_rows.hpp"

#include <cstddef>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace backfill {
namespace {

std::string_view id_in(const Rows &answer, int row) {
    return view(answer, row, 0);
}

// Is the answer about each row of the request, and no other, in the same order? (An id that comes twice is not sure to be
// in its place.)
bool is_in_order(const Request &request, const Rows &answer) {
    if (static_cast<std::size_t>(PQntuples(answer.get())) != request.rows.size()) return false;
    std::string_view before;
    for (std::size_t at = 0; at < request.rows.size(); ++at) {
        const std::string_view id = request.rows[at].update().id.text;
        if (id_in(answer, static_cast<int>(at)) != id || (at > 0 && id == before)) return false;
        before = id;
    }
    return true;
}

} // namespace

std::vector<int> rows_of(const Request &request, const Rows &answer) {
    if (is_in_order(request, answer)) {
        std::vector<int> found(request.rows.size());
        std::iota(found.begin(), found.end(), 0);
        return found;
    }
    std::unordered_map<std::string_view, int> answered;
    const int count = PQntuples(answer.get());
    answered.reserve(static_cast<std::size_t>(count));
    for (int row = 0; row < count; ++row) answered.emplace(id_in(answer, row), row);

    std::vector<int> found;
    found.reserve(request.rows.size());
    for (const Row &row : request.rows) {
        const auto there = answered.find(row.update().id.text);
        found.push_back(there == answered.end() ? no_row : there->second);
    }
    return found;
}

} // namespace backfill
