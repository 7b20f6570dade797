#include "sample_databases.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

namespace samples {
namespace {

void bind(SQLite::Statement &statement, int index, const std::optional<std::string> &value) {
    if (value) statement.bind(index, *value);
}

std::string literal(const std::string &text) {
    std::string quoted = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') quoted += '\\';
        quoted += character;
    }
    return quoted + '"';
}

} // namespace

SampleDatabase::SampleDatabase(const std::filesystem::path &path)
    : database_(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000) {
    database_.exec("PRAGMA synchronous = OFF");
}

SampleDatabase &SampleDatabase::create_events(EventsTable columns) {
    columns_ = columns;
    database_.exec(fmt::format(R"(CREATE TABLE events (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL, subject TEXT, specversion TEXT NOT NULL,
        time DATETIME NOT NULL, data TEXT, {} created_at DATETIME DEFAULT CURRENT_TIMESTAMP))",
                               columns == EventsTable::oldest ? "" : "trace_id TEXT, correlation_id TEXT,"));
    if (columns == EventsTable::with_identity)
        database_.exec("ALTER TABLE events ADD COLUMN user_id TEXT; ALTER TABLE events ADD COLUMN session_id TEXT");
    return *this;
}

SampleDatabase &SampleDatabase::create_graph() {
    database_.exec(R"(
        CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT,
                            created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE edges (id TEXT PRIMARY KEY, source_node_id TEXT NOT NULL, target_node_id TEXT NOT NULL,
                            label TEXT NOT NULL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP))");
    return *this;
}

SampleDatabase &SampleDatabase::wal() {
    database_.exec("PRAGMA journal_mode = WAL");
    return *this;
}

SampleDatabase &SampleDatabase::add(const SampleEvent &event) {
    const bool trace = columns_ != EventsTable::oldest, identity = columns_ == EventsTable::with_identity;
    SQLite::Statement insert(
        database_, fmt::format("INSERT INTO events (id, type, source, specversion, time, data{}{}) "
                               "VALUES (?1, ?2, ?3, '1.0', ?4, ?5{}{})",
                               trace ? ", trace_id, correlation_id" : "", identity ? ", user_id, session_id" : "",
                               trace ? ", ?6, ?7" : "", identity ? ", ?8, ?9" : ""));
    insert.bind(1, event.id);
    insert.bind(2, event.type);
    insert.bind(3, event.source);
    insert.bind(4, event.time);
    insert.bind(5, event.data);
    if (trace) bind(insert, 6, event.trace_id);
    if (trace) bind(insert, 7, event.correlation_id);
    if (identity) bind(insert, 8, event.user_id);
    if (identity) bind(insert, 9, event.session_id);
    insert.exec();
    return *this;
}

SampleDatabase &SampleDatabase::add_node(const SampleEvent &event) {
    return add_node(event.id, "event", node_content(event));
}

SampleDatabase &SampleDatabase::add_node(const std::string &id, const std::string &type, const std::string &content) {
    SQLite::Statement insert(database_, "INSERT INTO nodes (id, type, content) VALUES (?1, ?2, ?3)");
    insert.bind(1, id);
    insert.bind(2, type);
    insert.bind(3, content);
    insert.exec();
    return *this;
}

SampleDatabase &SampleDatabase::add_expressions(const std::string &table,
                                                const std::map<std::string, std::string> &values) {
    std::string names, expressions;
    for (const auto &[name, expression] : values) {
        names += (names.empty() ? "" : ", ") + name;
        expressions += (expressions.empty() ? "" : ", ") + expression;
    }
    database_.exec(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, expressions));
    return *this;
}

std::string node_content(const SampleEvent &event) {
    std::string json = fmt::format(R"({{"id":{},"type":{},"source":{},"specversion":"1.0")", literal(event.id),
                                   literal(event.type), literal(event.source));
    const auto add = [&json](const char *key, const std::optional<std::string> &value) {
        if (value && !value->empty()) json += fmt::format(R"(,"{}":{})", key, literal(*value));
    };
    add("time", event.time);
    add("trace_id", event.trace_id);
    add("correlation_id", event.correlation_id);
    add("user_id", event.user_id);
    add("session_id", event.session_id);
    if (!event.data.empty()) json += fmt::format(R"(,"data":{})", event.data);
    return json + '}';
}

void fill_with_events(SampleDatabase &sample, int count) {
    SQLite::Transaction transaction(sample.database());
    for (int number = 0; number < count; ++number) {
        const unsigned scatter = static_cast<unsigned>(number) * 2654435761U; // so that ids are in no order, as UUIDs
        SampleEvent event{fmt::format("{:08x}-5c1d-4e0b-9d4e-{:012x}", scatter, number)};
        event.time = fmt::format("2025-{:02}-{:02} {:02}:{:02}:{:02}.{:09}+00:00", 1 + number % 12, 1 + number % 28,
                                 number % 24, number % 60, number / 7 % 60, 1 + number % 999'999'999);
        event.user_id = fmt::format("user-{}", number % 1000);
        event.session_id = fmt::format("{:08x}-77aa-4b1c-8e2f-{:012x}", scatter / 3, number / 20);
        event.trace_id = fmt::format("{:08x}-12fe-4c3d-a1b2-{:012x}", scatter / 5, number / 4);
        event.correlation_id =
            number % 3 == 0 ? "" : fmt::format("{:08x}-aaaa-4bbb-8ccc-{:012x}", scatter / 7, number - 1);
        event.data = R"({"text":")" + std::string(static_cast<std::size_t>(60 + number % 200), 'x') + R"("})";
        sample.add(event);
    }
    transaction.commit();
}

} // namespace samples
