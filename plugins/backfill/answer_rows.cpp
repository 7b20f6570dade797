#include "answer_rows.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

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

std::vector<int> numbers(std::size_t count) {
    std::vector<int> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

} // namespace

std::vector<int> rows_of(const Request &request, const Rows &answer) {
    if (is_in_order(request, answer)) return numbers(request.rows.size());

    const auto found_id = [&answer](int row) { return id_in(answer, row); };
    const auto wanted_id = [&request](int at) -> std::string_view {
        return request.rows[static_cast<std::size_t>(at)].update().id.text;
    };
    std::vector<int> answered = numbers(static_cast<std::size_t>(PQntuples(answer.get())));
    std::vector<int> wanted = numbers(request.rows.size());
    std::ranges::sort(answered, {}, found_id);
    std::ranges::sort(wanted, {}, wanted_id);

    std::vector<int> found(request.rows.size(), no_row);
    auto next = answered.begin();
    for (const int at : wanted) {
        next = std::ranges::lower_bound(next, answered.end(), wanted_id(at), {}, found_id);
        if (next != answered.end() && found_id(*next) == wanted_id(at)) found[static_cast<std::size_t>(at)] = *next;
    }
    return found;
}

} // namespace backfill
