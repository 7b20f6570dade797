#include "scene.hpp"

#include "backfill_output.hpp"
#include "sample_databases.hpp"
#include "server.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <sys/statvfs.h>
#include <utility>

namespace faults {
namespace {

constexpr int strangers = 100;

// A server that recovers syncs all of its files, which takes a busy disk seconds. What is tested needs no disk: it is
// the processes that are killed, not the machine.
std::vector<std::string> in_memory(std::vector<std::string> settings) {
    struct statvfs status {};
    const char *memory = "/dev/shm";
    if (::statvfs(memory, &status) == 0 && status.f_bavail * status.f_frsize > (1UL << 30))
        ::setenv("TMPDIR", memory, 1);
    return settings;
}

bool has_vector(int number) {
    return number % 10 != 0;
}

samples::SampleEvent event(int number) {
    const unsigned scatter = static_cast<unsigned>(number) * 2654435761U; // ids in no order, as UUIDs
    samples::SampleEvent event{fmt::format("{:08x}-event-{}", scatter, number)};
    event.time =
        number % 400 == 7 ? "soon" : fmt::format("2025-06-26 08:{:02}:{:02}.5+00:00", number / 60 % 60, number % 60);
    event.user_id = fmt::format("user-{}", number % 7);
    event.session_id = number % 5 == 0 ? "" : fmt::format("session-{}", number / 20);
    event.trace_id = fmt::format("trace \"{}\"", number / 4);
    return event;
}

} // namespace

Scene::Scene(std::vector<std::string> settings, Way way)
    : server(in_memory(std::move(settings))), conninfo(server.create_database()),
      pooler(way == Way::by_pooler ? std::make_unique<support::Pooler>(conninfo) : nullptr),
      proxy(pooler != nullptr ? pooler->conninfo() : conninfo) {
    std::filesystem::create_directory(directory_ / "plugins");
    std::filesystem::copy_file(support::setting("PCASCTL_TEST_BACKFILL"), directory_ / "plugins" / "backfill.so");
    std::filesystem::create_directory(directory_ / "data");
    sqlite = directory_ / "data" / "events.db";
    make_events();
    make_vectors();
    sqlite_before_ = samples::contents_of(directory_ / "data");
    run_undisturbed();
}

void Scene::make_events() {
    samples::SampleDatabase database(sqlite);
    database.create_events().create_graph();
    database.database().exec("BEGIN");
    for (int number = 0; number < rows_of_events; ++number) database.add(event(number));
    for (int number = rows_of_events; number < rows_of_events + nodes; ++number) database.add_node(event(number));
    database.database().exec("COMMIT");
}

// Every third row has metadata already: keys that are not ours, and one of ours that is stale. Some have metadata with
// no place for keys, which makes the event fail. Embeddings hold every kind of float.
void Scene::make_vectors() {
    const support::Connection connection = connect();
    connection.exec("CREATE TABLE original (id TEXT PRIMARY KEY, embedding real[] NOT NULL, metadata JSONB, "
                    "created_at TIMESTAMPTZ DEFAULT now())");
    std::string ids;
    for (int number = 0; number < rows_of_events + nodes; ++number)
        if (has_vector(number)) ids += fmt::format("{}('{}')", ids.empty() ? "" : ",", event(number).id);
    for (int number = 0; number < strangers; ++number) ids += fmt::format(",('stranger-{}')", number);
    connection.exec(
        "INSERT INTO original SELECT id, ARRAY[random(), 'NaN', '-0', 1e-45, 'Infinity', random() * 1e30]::real[], "
        "CASE WHEN n % 500 = 11 THEN '[1, 2]' WHEN n % 3 = 0 THEN jsonb_build_object('mine', n, 'nested', "
        "jsonb_build_object('a', NULL), 'user_id', 'stale') END, now() - random() * interval '1 year' "
        "FROM (SELECT id, row_number() OVER () AS n FROM (VALUES "
        + ids + ") AS ids (id)) AS numbered");
    support::create_vectors_table(connection, true);
    reset();
}

// PgBouncer 1.18, Debian 12's, may spin for ever in "sbuf_send_pending: no dst sock?" when one side of a connection has
// gone while the other had more to send (its pull request 652). An operator would start it again.
void Scene::bring_back_the_pooler() {
    if (pooler == nullptr) return;
    if (support::run({"timeout", "5", "psql", "-XAtc", "SELECT 1", pooler->conninfo()}).exit_code == 0) return;
    pooler->crash();
    pooler->start();
}

// A run that was killed has left sessions behind that may still be at work.
void Scene::reset(Table table) {
    const support::Connection connection = connect();
    const std::string sessions = "FROM pg_stat_activity WHERE application_name = 'pcasctl backfill'";
    while (connection.value("SELECT count(pg_terminate_backend(pid)) " + sessions) != "0") continue;
    connection.exec("TRUNCATE pcas_vectors; INSERT INTO pcas_vectors (id, embedding, metadata, created_at) "
                    "SELECT id, embedding, metadata, created_at FROM original");
    if (table == Table::finished)
        connection.exec("UPDATE pcas_vectors AS v SET metadata = e.metadata FROM expected AS e WHERE v.id = e.id");
}

void Scene::run_undisturbed() {
    const support::Result result = support::run(command({}));
    if (result.exit_code != 1) throw std::runtime_error("an undisturbed run: " + result.err);
    events = summary(result, "Total events processed");
    updated = summary(result, "Successfully updated");
    failed = summary(result, "Failed");
    no_vector = summary(result, "No vector");
    connect().exec("CREATE TABLE expected AS SELECT id, v.metadata, v.metadata IS DISTINCT FROM o.metadata AS changed "
                   "FROM pcas_vectors AS v JOIN original AS o USING (id)");
    if (rows_done() != updated) throw std::runtime_error("an undisturbed run does not do what it says");
    if (const std::string harm = harm_done(); !harm.empty()) throw std::runtime_error("an undisturbed run: " + harm);
    reset();
}

Words Scene::command(const Words &options) const {
    Words words{support::setting("PCASCTL_TEST_PCASCTL"),
                "--plugin-dir",
                directory_ / "plugins",
                "backfill",
                "--sqlite",
                sqlite,
                "--postgres",
                proxy.through(conninfo)};
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

std::uint64_t Scene::bytes_of_run(const Words &options, Table table) {
    std::uint64_t &bytes = bytes_[{options, table}];
    if (bytes == 0) {
        reset(table);
        const std::uint64_t before = proxy.status().bytes;
        support::run(command(options));
        bytes = proxy.status().bytes - before;
        reset();
    }
    return bytes;
}

std::string Scene::rows_harmed() const {
    const auto rows = connect().query(
        "SELECT id, o.metadata, v.metadata, e.metadata FROM pcas_vectors AS v FULL JOIN original AS o USING (id) "
        "FULL JOIN expected AS e USING (id) WHERE v.id IS NULL OR o.id IS NULL OR v.created_at <> o.created_at "
        "OR array_send(v.embedding) <> array_send(o.embedding) "
        "OR (v.metadata IS DISTINCT FROM o.metadata AND v.metadata IS DISTINCT FROM e.metadata)");
    if (!rows.empty())
        return fmt::format("{} rows are harmed, among them {}: was {}, is {}, should be {}", rows.size(),
                           rows[0][0].value_or("?"), rows[0][1].value_or("NULL"), rows[0][2].value_or("NULL"),
                           rows[0][3].value_or("NULL"));
    return "";
}

std::string Scene::harm_done() const {
    if (std::string harm = rows_harmed(); !harm.empty()) return harm;
    if (samples::contents_of(directory_ / "data") != sqlite_before_)
        return "the SQLite file or its directory has changed";
    return "";
}

std::string Scene::not_finished() const {
    const std::string rows = not_finished(rows_of_events + nodes);
    return rows.empty() ? harm_done() : rows;
}

std::string Scene::not_finished(int number) const {
    const std::string count = connect().value(
        fmt::format("SELECT count(*) FROM pcas_vectors AS v JOIN expected AS e USING (id) WHERE "
                    "v.metadata IS DISTINCT FROM e.metadata AND substring(id FROM '-event-(.*)')::int < {}",
                    number));
    return count == "0" ? "" : count + " rows are not as an undisturbed run leaves them";
}

int Scene::rows_done() const {
    return std::stoi(connect().value("SELECT count(*) FROM pcas_vectors AS v JOIN expected AS e USING (id) "
                                     "WHERE e.changed AND v.metadata = e.metadata"));
}

} // namespace faults
