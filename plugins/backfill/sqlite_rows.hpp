// The rows of a query, value by value.
//
// They do not come as the columns of a result but as the arguments of a function in SQL, which is called with each row.
// There the type and the bytes of a value are plain reads. Each call that asks for them of a column, three for a value
// and eleven values for an event, looks after the statement's locks and errors first: a quarter of the time of reading.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <sqlite3.h>
#include <string_view>

namespace backfill {

class SqliteValue {
public:
    explicit SqliteValue(sqlite3_value *value) : value_(value) {}

    int type() const { return sqlite3_value_type(value_); } // as it is stored: SQLITE_TEXT and its like
    bool is_null() const { return type() == SQLITE_NULL; }
    std::int64_t integer() const { return sqlite3_value_int64(value_); }
    double real() const { return sqlite3_value_double(value_); }
    std::string_view bytes() const; // of text or a BLOB; of a number its digits

private:
    sqlite3_value *value_;
};

// Valid, with its values and their bytes, during the call that is handed it.
class SqliteRow {
public:
    explicit SqliteRow(sqlite3_value **values) : values_(values) {}

    SqliteValue operator[](int column) const { return SqliteValue(values_[column]); }

private:
    sqlite3_value **values_;
};

// The function in SQL: a statement whose rows are wanted selects take_row(...) and nothing else. One for each number of
// values on a connection, and it outlives the statements that are read with it.
class RowFunction {
public:
    using Take = std::function<bool(const SqliteRow &)>; // whether another row is wanted

    // For rows of so many values. A column that a hostile file generates by this function gets no further with fewer.
    // Throws SQLite::Exception.
    RowFunction(SQLite::Database &database, int values);
    ~RowFunction();
    RowFunction(const RowFunction &) = delete;
    RowFunction &operator=(const RowFunction &) = delete;

    // Hands one row after the other to `take`, whose exceptions come out of here. Throws SQLite::Exception.
    void read(SQLite::Statement &query, const Take &take);

private:
    static void call(sqlite3_context *context, int count, sqlite3_value **values);

    sqlite3 *connection_;
    int values_;
    const Take *take_ = nullptr; // during read()
    bool wants_more_ = false;
    std::exception_ptr thrown_;
};

} // namespace backfill
