// Which row of an answer is about which row of its request, however the server puts them in order.
#include "answer_rows.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace backfill;

namespace {

Rows answer_with(std::vector<std::string> ids) {
    Rows answer(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), &PQclear);
    std::string name = "id";
    PGresAttDesc column{name.data(), 0, 0, 0, 0, 0, 0};
    PQsetResultAttrs(answer.get(), 1, &column);
    for (std::size_t row = 0; row < ids.size(); ++row)
        PQsetvalue(answer.get(), static_cast<int>(row), 0, ids[row].data(), static_cast<int>(ids[row].size()));
    return answer;
}

std::vector<int> found(const std::vector<std::string> &wanted, const std::vector<std::string> &ids) {
    Batch batch;
    for (const std::string &id : wanted) batch.push_back({{id}, "{}"});
    Job job(std::move(batch));
    Request request{{}, Step::check};
    for (std::size_t at = 0; at < wanted.size(); ++at) request.rows.push_back({&job, at});
    return rows_of(request, answer_with(ids));
}

using Numbers = std::vector<int>;

} // namespace

TEST_CASE("each row is found by its id, and where there is none, none is") {
    CHECK(found({"b", "d", "f"}, {"b", "d", "f"}) == Numbers{0, 1, 2});
    CHECK(found({"b", "d", "f"}, {"d"}) == Numbers{no_row, 0, no_row});
    CHECK(found({"b", "d", "f"}, {}) == Numbers{no_row, no_row, no_row});
    CHECK(found({"d"}, {"a", "c", "e"}) == Numbers{no_row});
    CHECK(found({}, {"a"}) == Numbers{});
}

TEST_CASE("the order of the answer is the server's: by another collation, or that of the table") {
    CHECK(found({"B", "a", "b", "\u00e9"}, {"a", "b", "B", "\u00e9"}) == Numbers{2, 0, 1, 3});
    CHECK(found({"a", "b", "c"}, {"c", "a"}) == Numbers{1, no_row, 0});
}

TEST_CASE("the order of the request may be that of the table, too") {
    CHECK(found({"c", "a", "b"}, {"c", "a", "b"}) == Numbers{0, 1, 2});
    CHECK(found({"c", "a", "b"}, {"c", "b"}) == Numbers{0, no_row, 1});
    CHECK(found({"c", "a", "b"}, {"b", "a", "c"}) == Numbers{2, 1, 0});
}

TEST_CASE("an id that is asked for twice is found twice, and one that two rows have is found once") {
    CHECK(found({"a", "a", "b"}, {"a", "b"}) == Numbers{0, 0, 1});
    CHECK(found({"a", "a", "b"}, {"a", "a", "b"}) == Numbers{0, 0, 2});
    CHECK(found({"a", "b"}, {"a", "a", "b"}) == Numbers{0, 2});
}
