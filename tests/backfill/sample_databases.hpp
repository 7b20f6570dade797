// Makes SQLite files as PCAS left them, of every generation, for tests. Their own DDL: what a release wrote, not what
// we would like to read.
#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace samples {

// Which columns `events` had in the releases, oldest first.
enum class EventsTable { oldest, with_trace, with_identity };

struct SampleEvent {
    std::string id;
    std::string type = "pcas.user.prompt.v1";
    std::string source = "/d-app/cli";
    std::string time = "2025-06-26 08:55:10.123456789+00:00";
    std::optional<std::string> trace_id = std::nullopt;
    std::optional<std::string> correlation_id = std::nullopt;
    std::optional<std::string> user_id = std::nullopt;
    std::optional<std::string> session_id = std::nullopt;
    std::string data = R"({"text":"hello"})";
};

// A file that is being filled. Close it (destroy it) before looking at the directory.
class SampleDatabase {
public:
    explicit SampleDatabase(const std::filesystem::path &path);

    SampleDatabase &create_events(EventsTable columns = EventsTable::with_identity);
    SampleDatabase &create_graph();
    SampleDatabase &wal(); // from now on in WAL mode

    SampleDatabase &add(const SampleEvent &event);      // a row of `events`
    SampleDatabase &add_node(const SampleEvent &event); // a node of type 'event', time taken as RFC 3339
    SampleDatabase &add_node(const std::string &id, const std::string &type, const std::string &content);
    // A row whose values are SQL expressions, such as X'00' or 17: for what SQLite lets in.
    SampleDatabase &add_expressions(const std::string &table, const std::map<std::string, std::string> &values);

    SQLite::Database &database() { return database_; }

private:
    SQLite::Database database_;
    EventsTable columns_ = EventsTable::with_identity;
};

// The event as the graph generation stores it in a node's content.
std::string node_content(const SampleEvent &event);

// `count` rows as a server of the identity generation writes them, with the sizes that real ones have.
void fill_with_events(SampleDatabase &sample, int count);

} // namespace samples
