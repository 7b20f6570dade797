// Rows as the arguments of a function: what it hands on, and that nobody but our own statements may call it.
#include "sqlite_rows.hpp"

#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace backfill;

namespace {

struct Numbers {
    Numbers() { database.exec("CREATE TABLE numbers (n); INSERT INTO numbers VALUES (3), (1), (2)"); }

    // The digits of the rows' values, until there are `most`.
    std::string taken(const std::string &sql, std::size_t most = 100) {
        RowFunction function(database, 1);
        SQLite::Statement query(database, sql);
        std::string digits;
        function.read(query, [&](const SqliteRow &row) {
            digits += row[0].bytes();
            return digits.size() < most;
        });
        return digits;
    }

    SQLite::Database database{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

} // namespace

TEST_CASE("rows are handed on one by one, until no more are wanted") {
    Numbers numbers;
    CHECK(numbers.taken("SELECT take_row(n) FROM numbers ORDER BY rowid") == "312");
    CHECK(numbers.taken("SELECT take_row(n) FROM numbers ORDER BY rowid", 2) == "31");
    CHECK(numbers.taken("SELECT take_row(n) FROM numbers WHERE n > 5") == "");
}

TEST_CASE("what is thrown over a row comes out, and the next read is none the worse") {
    Numbers numbers;
    RowFunction function(numbers.database, 1);
    SQLite::Statement query(numbers.database, "SELECT take_row(n) FROM numbers ORDER BY rowid");
    CHECK_THROWS_WITH_AS(function.read(query, [](const SqliteRow &) -> bool { throw std::runtime_error("no"); }), "no",
                         std::runtime_error);
    query.tryReset(); // says once more what went wrong
    std::string digits;
    function.read(query, [&](const SqliteRow &row) {
        digits += row[0].bytes();
        return true;
    });
    CHECK(digits == "312");
}

TEST_CASE("the function is called once for each row that is returned, and never otherwise") {
    Numbers numbers;
    const char *const mine = "which is pcasctl's own";
    SUBCASE("more often: the rows are sorted first") {
        CHECK_THROWS_WITH_AS(numbers.taken("SELECT take_row(n) FROM numbers ORDER BY n"), doctest::Contains(mine),
                             SQLite::Exception);
    }
    SUBCASE("for a row that is not returned") {
        CHECK_THROWS_WITH_AS(numbers.taken("SELECT n FROM numbers WHERE n = 2 AND take_row(n) IS NOT NULL"),
                             doctest::Contains(mine), SQLite::Exception);
    }
    SUBCASE("outside of a read") {
        RowFunction function(numbers.database, 1);
        SQLite::Statement query(numbers.database, "SELECT take_row(n) FROM numbers");
        CHECK_THROWS_WITH_AS(query.executeStep(), doctest::Contains(mine), SQLite::Exception);
    }
    SUBCASE("after a read, with what that one took") {
        RowFunction function(numbers.database, 1);
        SQLite::Statement query(numbers.database, "SELECT take_row(n) FROM numbers ORDER BY rowid");
        function.read(query, [](const SqliteRow &) { return false; });
        CHECK_THROWS_WITH_AS(query.executeStep(), doctest::Contains(mine), SQLite::Exception);
    }
}
