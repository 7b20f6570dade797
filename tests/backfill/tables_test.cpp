// Tables as people have them: partitioned, spread over several servers, guarded by policies and triggers, in schemas and
// with names of their own, written by a role that may do nothing else.
#include "command_fixture.hpp"
#include "statements.hpp"
#include "table_name.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

using support::Connection;
using support::create_vectors_table;
using support::Result;

namespace {

constexpr int events = 300, vectors = 280;

// What a run on a table that hides nothing gives, and a second run that finds nothing to do.
void check_all_is_done(const Backfill &backfill, const std::vector<std::string> &options = {},
                       const std::string &table = "pcas_vectors") {
    const std::string what_is_not_ours =
        "SELECT md5(string_agg(concat_ws(' ', id, embedding, created_at), ',' ORDER BY id)) FROM " + table;
    const std::string before = backfill.value(what_is_not_ours);
    const Result dry = backfill.run([&] {
        auto all = options;
        all.emplace_back("--dry-run");
        return all;
    }());
    CHECK_MESSAGE(summary(dry, "Successfully updated") == vectors, dry.err);
    const Result result = backfill.run(options);
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    CHECK(summary(result, "Successfully updated") == vectors);
    CHECK(summary(result, "No vector") == events - vectors);
    CHECK(backfill.value("SELECT count(*) FROM " + table + " WHERE metadata->>'session_id' = 's' || substr(id, 2)")
          == std::to_string(vectors));
    CHECK(backfill.value("SELECT count(*) FROM " + table
                         + " WHERE metadata ?& '{event_type,event_source,timestamp_unix,timestamp,user_id}'")
          == std::to_string(vectors));
    const Result again = backfill.run(options);
    CHECK(summary(again, "Unchanged") == vectors);
    CHECK(summary(again, "Successfully updated") == 0);
    CHECK(backfill.value(what_is_not_ours) == before);
}

const std::string odd_is_rejected =
    "ALTER TABLE pcas_vectors ADD CONSTRAINT odd CHECK (metadata->>'session_id' <> 's42')";

void check_only_these_failed(const Result &result, const std::vector<std::string> &ids) {
    const auto count = static_cast<int>(ids.size());
    CHECK_MESSAGE(result.exit_code == 1, result.err);
    CHECK(summary(result, "Failed") == count);
    CHECK(summary(result, "Successfully updated") + summary(result, "Unchanged") == vectors - count);
    for (const std::string &id : ids) CHECK_MESSAGE(contains(result.err, "event_id=" + id + " "), result.err);
}

// A table of which two other databases, on one other server, have a half each.
struct Spread : Backfill {
    Spread() {
        make_events(events);
        database.exec("CREATE EXTENSION postgres_fdw; CREATE TABLE pcas_vectors (id TEXT, embedding real[] NOT NULL, "
                      "metadata JSONB, created_at TIMESTAMPTZ DEFAULT now()) PARTITION BY HASH (id)");
        for (int part = 0; part < 2; ++part) {
            const std::string shard = elsewhere.create_database();
            shards.push_back(std::make_unique<Connection>(shard));
            create_vectors_table(*shards.back(), false);
            const std::string host = shard.substr(5, shard.find(' ') - 5), name = shard.substr(shard.rfind('=') + 1);
            database.exec(fmt::format(
                "CREATE SERVER shard_{0} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{1}', port '5432', dbname "
                "'{2}'); CREATE USER MAPPING FOR PUBLIC SERVER shard_{0} OPTIONS (user 'pcas');"
                "CREATE FOREIGN TABLE part_{0} PARTITION OF pcas_vectors FOR VALUES WITH (MODULUS 2, REMAINDER {0}) "
                "SERVER shard_{0} OPTIONS (table_name 'pcas_vectors')",
                part, host, name));
        }
        make_vectors(vectors);
    }

    support::PostgresServer elsewhere;
    std::vector<std::unique_ptr<Connection>> shards;
};

} // namespace

TEST_CASE("a table that is hash-partitioned by id") {
    Backfill backfill;
    backfill.make_events(events);
    backfill.database.exec(R"(
        CREATE TABLE pcas_vectors (id TEXT PRIMARY KEY, embedding real[] NOT NULL, metadata JSONB,
                                   created_at TIMESTAMPTZ DEFAULT now()) PARTITION BY HASH (id);
        CREATE TABLE part_0 PARTITION OF pcas_vectors FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE part_1 PARTITION OF pcas_vectors FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE part_2 PARTITION OF pcas_vectors FOR VALUES WITH (MODULUS 3, REMAINDER 2))");
    backfill.make_vectors(vectors);
    SUBCASE("all goes well") {
        check_all_is_done(backfill);
    }
    SUBCASE("a row is rejected, and another one stays locked") {
        backfill.database.exec(odd_is_rejected);
        const LockedRow lock(backfill, "e7");
        const Result result = backfill.run({"--lock-timeout", "100ms", "--retries", "1"});
        check_only_these_failed(result, {"e42", "e7"});
    }
}

TEST_CASE("a table whose partitions lie on other servers") {
    Spread backfill;
    SUBCASE("all goes well") {
        check_all_is_done(backfill);
    }
    SUBCASE("a row is rejected, and another one stays locked") {
        for (const auto &shard : backfill.shards) shard->exec(odd_is_rejected);
        const LockedRow lock(backfill, "e7");
        const Result result = backfill.run({"--statement-timeout", "1s", "--retries", "1"});
        check_only_these_failed(result, {"e42", "e7"});
    }
    SUBCASE("a row stays locked, where the other servers have a lock_timeout too") {
        for (const char *part : {"0", "1"})
            backfill.database.exec(std::string("ALTER SERVER shard_") + part
                                   + " OPTIONS (ADD options '-c lock_timeout=100ms')");
        const LockedRow lock(backfill, "e7");
        const Result result = backfill.run({"--retries", "1"});
        check_only_these_failed(result, {"e7"});
        CHECK_MESSAGE(contains(result.err, "lock timeout"), result.err);
    }
    SUBCASE("a server crashes in the middle and comes back") {
        const LockedRow lock(backfill, "e150");
        support::Process process(backfill.command_line({"--postgres", backfill.conninfo, "-b", "10"}));
        support::wait_until_blocked(*backfill.shards[0], "postgres_fdw");
        backfill.elsewhere.crash();
        backfill.elsewhere.start();
        const Result result = process.wait();
        CHECK_MESSAGE(result.exit_code == 0, result.err);
        CHECK(summary(result, "Successfully updated") + summary(result, "Unchanged") == vectors);
        CHECK(contains(result.err, "lost the connection to PostgreSQL"));
        CHECK(summary(backfill.run(), "Unchanged") == vectors);
    }
    SUBCASE("a server is gone for good") {
        backfill.elsewhere.stop();
        const Result result = backfill.run({"--retries", "1"});
        CHECK_MESSAGE(result.exit_code == 3, result.err);
        CHECK_MESSAGE(contains(result.err, "could not connect to server \"shard_"), result.err);
    }
}

TEST_CASE("another server is asked for rows by their ids, and not sent the metadata of others") {
    const Spread backfill;
    backfill.database.exec("PREPARE one (text[], jsonb[], text[]) AS "
                           + backfill::Statements(backfill::TableName("pcas_vectors"), 1).update.text);
    const auto plan =
        nlohmann::json::parse(backfill.value("EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE one ('{e1,e2,e3,e4,e5,e6,e7,e8}', "
                                             "array_fill('{\"event_type\": \"sent\"}'::jsonb, ARRAY[8]), '{}')"));
    int selects = 0;
    for (const auto &value : plan.flatten()) {
        const std::string text = value.is_string() ? value.get<std::string>() : "";
        if (!text.starts_with("SELECT")) continue; // what is to be sent there
        ++selects;
        CHECK_MESSAGE(contains(text, "id = ANY"), text);
        CHECK_MESSAGE(!contains(text, "sent"), text);
    }
    CHECK(selects == 2);
}

TEST_CASE("another schema and names that need quotes, found by name or by the search path") {
    Backfill backfill;
    backfill.make_events(events);
    backfill.database.exec("CREATE SCHEMA \"My Memory\"; SET search_path = \"My Memory\"");
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    SUBCASE("by name") {
        backfill.database.exec(R"(ALTER TABLE pcas_vectors RENAME TO "sele""ct")");
        check_all_is_done(backfill, {"--table", R"("My Memory"."sele""ct")"}, R"("My Memory"."sele""ct")");
    }
    SUBCASE("by the search path of the role") {
        const std::string conninfo = backfill.create_role("searcher", "SELECT, UPDATE (metadata)");
        backfill.database.exec(
            "ALTER ROLE searcher SET search_path = \"My Memory\"; GRANT USAGE ON SCHEMA \"My Memory\" TO searcher");
        check_all_is_done(backfill, {"--postgres", conninfo});
    }
}

TEST_CASE("a view that the server can write through, and one with a trigger that does") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    SUBCASE("by itself") {
        backfill.database.exec("CREATE VIEW memory AS SELECT * FROM pcas_vectors");
    }
    SUBCASE("by a trigger") {
        backfill.database.exec(R"(
            CREATE VIEW memory AS SELECT id, embedding, metadata || '{}' AS metadata, created_at FROM pcas_vectors;
            CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE pcas_vectors SET metadata = new.metadata WHERE id = new.id;
                RETURN new;
            END $$;
            CREATE TRIGGER put INSTEAD OF UPDATE ON memory FOR EACH ROW EXECUTE FUNCTION put())");
    }
    check_all_is_done(backfill, {"--table", "memory"}, "memory");
}

TEST_CASE("an embedding that lies out of line, as real ones do, is not written again") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.database.exec("ALTER TABLE pcas_vectors ALTER embedding SET STORAGE EXTERNAL;"
                           "INSERT INTO pcas_vectors (id, embedding) SELECT 'e' || i, array_fill(i::real, ARRAY[3072]) "
                           "FROM generate_series(1, "
                           + std::to_string(vectors) + ") AS i");
    const std::string parts =
        "SELECT count(*) || ' ' || md5(string_agg(concat_ws(' ', chunk_id, chunk_seq, xmin, ctid), ',' "
        "ORDER BY chunk_id, chunk_seq)) FROM "
        + backfill.value("SELECT reltoastrelid::regclass FROM pg_class WHERE oid = 'pcas_vectors'::regclass");
    const std::string before = backfill.value(parts);
    REQUIRE(std::stoi(before) > vectors);
    for (const char *batch_size : {"100", "10"}) { // rows that are found together, and one by one
        CAPTURE(batch_size);
        backfill.database.exec("UPDATE pcas_vectors SET metadata = NULL");
        CHECK(summary(backfill.run({"--batch-size", batch_size}), "Successfully updated") == vectors);
        CHECK(backfill.value(parts) == before);
    }
}

TEST_CASE("ids of type varchar, and indexes of other kinds") {
    Backfill backfill;
    backfill.make_events(events);
    backfill.database.exec(R"(
        CREATE TABLE pcas_vectors (id VARCHAR(64) PRIMARY KEY, embedding real[] NOT NULL, metadata JSONB,
                                   created_at TIMESTAMPTZ DEFAULT now());
        CREATE INDEX ON pcas_vectors USING gin (metadata);
        CREATE INDEX ON pcas_vectors USING hash (id);
        CREATE INDEX ON pcas_vectors ((metadata->>'user_id')) WHERE metadata ? 'session_id')");
    backfill.make_vectors(vectors);
    check_all_is_done(backfill);
    CHECK(backfill.value("SET enable_seqscan = off; SELECT count(*) FROM pcas_vectors WHERE metadata @> "
                         "'{\"session_id\": \"s42\"}'")
          == "1");
}

TEST_CASE("where the column takes other ids for the same, a row is still that of its own event alone") {
    Backfill backfill;
    backfill.make_events(events);
    backfill.database.exec(R"(
        CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE pcas_vectors (id TEXT COLLATE caseless PRIMARY KEY, embedding real[] NOT NULL, metadata JSONB,
                                   created_at TIMESTAMPTZ DEFAULT now()))");
    backfill.make_vectors(vectors);
    backfill.database.exec("INSERT INTO pcas_vectors (id, embedding) VALUES ('E290', '{1}')");
    const std::string version = "SELECT xmin FROM pcas_vectors WHERE id COLLATE \"C\" = 'E290'";
    const std::string before = backfill.value(version);
    SUBCASE("rows found together") {
        check_all_is_done(backfill);
    }
    SUBCASE("rows found by their ids") {
        check_all_is_done(backfill, {"--batch-size", "10"});
    }
    CHECK(backfill.value(version) == before);
}

TEST_CASE("a role that may SELECT id and metadata and UPDATE metadata, and nothing else") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    const std::string conninfo = backfill.create_role("writer", "SELECT (id, metadata), UPDATE (metadata)");
    check_all_is_done(backfill, {"--postgres", conninfo});
}

TEST_CASE("under row-level security what the role may not see has no vector for it, and what it may not write fails") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    const std::string conninfo = backfill.create_role("guarded");
    backfill.database.exec("ALTER TABLE pcas_vectors ENABLE ROW LEVEL SECURITY;"
                           "CREATE POLICY see ON pcas_vectors FOR SELECT TO guarded USING (id NOT LIKE 'e1%');"
                           "CREATE POLICY write ON pcas_vectors FOR UPDATE TO guarded USING (id NOT LIKE 'e2_') "
                           "WITH CHECK (metadata->>'session_id' <> 's3')");
    const std::string hidden = backfill.value("SELECT count(*) FROM pcas_vectors WHERE id LIKE 'e1%'");

    const Result result = backfill.run({"--postgres", conninfo});

    CHECK(result.exit_code == 1);
    CHECK_MESSAGE(summary(result, "No vector") == events - vectors + std::stoi(hidden), result.err);
    CHECK(summary(result, "Failed") == 10 + 1);
    CHECK(summary(result, "Successfully updated") == vectors - std::stoi(hidden) - 11);
    CHECK(contains(result.err, "event_id=e3 reason=\"new row violates row-level security policy"));
    CHECK(
        contains(result.err,
                 "event_id=e25 reason=\"the server left the row as it was: a trigger or a row-level security policy"));
}

TEST_CASE("a row that cannot even be read fails alone, also where the others are only looked at") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    const std::string conninfo = backfill.create_role("reader_of_all_but_one");
    backfill.database.exec(
        "CREATE FUNCTION may_be_read(id text) RETURNS boolean LANGUAGE plpgsql COST 100000 AS $$ BEGIN "
        "IF id = 'e42' THEN RAISE EXCEPTION 'not for you'; END IF; RETURN true; END $$;"
        "CREATE POLICY read ON pcas_vectors USING (may_be_read(id))");
    CHECK(summary(backfill.run(), "Successfully updated") == vectors);
    backfill.database.exec("ALTER TABLE pcas_vectors ENABLE ROW LEVEL SECURITY");
    const std::string before = backfill.row_versions();
    std::vector<std::string> options{"--postgres", conninfo, "--batch-size",
                                     "20"}; // the first one is not only looked at
    for (const bool dry_run : {false, true}) {
        CAPTURE(dry_run);
        if (dry_run) options.emplace_back("--dry-run");
        const Result result = backfill.run(options);
        check_only_these_failed(result, {"e42"});
        CHECK(summary(result, "Unchanged") == vectors - 1);
        CHECK(contains(result.err, "event_id=e42 reason=\"not for you"));
    }
    CHECK(backfill.row_versions() == before);
}

TEST_CASE("triggers that reject, keep and rewrite rows") {
    Backfill backfill;
    backfill.make_events(events);
    create_vectors_table(backfill.database, true);
    backfill.make_vectors(vectors);
    backfill.database.exec(R"(
        CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            CASE WHEN new.id = 'e5' THEN RAISE EXCEPTION 'no thanks';
                 WHEN new.id = 'e6' THEN RETURN NULL;
                 WHEN new.id = 'e7' THEN new.metadata := new.metadata || '{"seen": true}';
                 WHEN new.id = 'e8' THEN new.metadata := new.metadata || '{"user_id": "anonymous"}';
                 ELSE NULL;
            END CASE;
            RETURN new;
        END $$;
        CREATE TRIGGER meddle BEFORE UPDATE ON pcas_vectors FOR EACH ROW EXECUTE FUNCTION meddle())");

    const Result result = backfill.run();

    CHECK(result.exit_code == 1);
    CHECK(summary(result, "Successfully updated") == vectors - 2);
    CHECK(summary(result, "Failed") == 2);
    CHECK(contains(result.err, "event_id=e5 reason=\"no thanks"));
    CHECK(contains(result.err, "event_id=e6 reason=\"the server left the row as it was"));
    CHECK(backfill.value("SELECT metadata->>'seen' FROM pcas_vectors WHERE id = 'e7'") == "true");
    CHECK(backfill.value("SELECT metadata->>'user_id' FROM pcas_vectors WHERE id = 'e8'") == "anonymous");

    // What the trigger added is not ours and stays; what it changed of ours is written, and changed, each time.
    const Result again = backfill.run();
    CHECK(summary(again, "Unchanged") == vectors - 3);
    CHECK(summary(again, "Successfully updated") == 1);
}
