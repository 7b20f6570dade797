#include "sqlite_rows.hpp"

#include <SQLiteCpp/Exception.h>

#include <utility>

namespace backfill {
namespace {

constexpr const char *name = "take_row";

} // namespace

std::string_view SqliteValue::bytes() const {
    // A number has digits once it is asked for text.
    const void *bytes = type() == SQLITE_BLOB ? sqlite3_value_blob(value_) : sqlite3_value_text(value_);
    return {static_cast<const char *>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(value_))};
}

RowFunction::RowFunction(SQLite::Database &database, int values) : connection_(database.getHandle()), values_(values) {
    constexpr bool deterministic = false;
    database.createFunction(name, values, deterministic, this, call);
}

RowFunction::~RowFunction() {
    sqlite3_create_function_v2(connection_, name, values_, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
}

void RowFunction::read(SQLite::Statement &query, const Take &take) {
    take_ = &take;
    wants_more_ = true;
    try {
        while (wants_more_ && query.executeStep()) continue;
    } catch (const SQLite::Exception &) {
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        throw;
    }
}

// No exception may pass through SQLite.
void RowFunction::call(sqlite3_context *context, int, sqlite3_value **values) {
    auto &function = *static_cast<RowFunction *>(sqlite3_user_data(context));
    try {
        function.wants_more_ = (*function.take_)(SqliteRow(values));
    } catch (...) {
        function.thrown_ = std::current_exception();
        sqlite3_result_error(context, "the row could not be taken", -1);
    }
}

} // namespace backfill
