// PostgreSQL and we come to the same fingerprint of the same metadata, on every server that people have. What backfill
// makes of it is in command_test.cpp.
#include "fingerprint.hpp"
#include "postgres_server.hpp"
#include "statements.hpp"
#include "table_name.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace backfill;
using support::quoted;

namespace {

constexpr std::int64_t lowest = INT64_MIN, highest = INT64_MAX;

const support::Connection &database() {
    static support::PostgresServer server;
    static const support::Connection connection(server.create_database());
    return connection;
}

// As backfill asks for it, of a row that holds this.
std::string fingerprint_of_row(const std::string &metadata, std::int64_t seed = 1) {
    database().exec("DROP TABLE IF EXISTS pcas_vectors");
    support::create_vectors_table(database(), false);
    database().exec("INSERT INTO pcas_vectors (id, embedding, metadata) VALUES ('e', '{1}', " + quoted(metadata) + ")");
    std::string statement = Statements(TableName("pcas_vectors"), seed).compare.text;
    statement.replace(statement.find("$1"), 2, "'{e}'");
    const auto row = database().query(statement).at(0);
    return row.at(1).value_or("NULL") + " " + row.at(2).value_or("NULL");
}

std::string our_fingerprint(const std::string &metadata, std::int64_t seed = 1) {
    const Fingerprint fingerprint = Fingerprints(seed).of(metadata);
    return fmt::format("{} {}", fingerprint.hash, fingerprint.size);
}

std::string metadata_with(const std::string &user_id) {
    return metadata_of({{"e"}, "type", "source", {}, user_id, "", "", ""});
}

} // namespace

TEST_CASE("for texts of every length, whether the value is stored in its short form or not") {
    std::string text;
    for (int length = 0; length < 120; ++length) {
        CAPTURE(length);
        const std::string metadata = metadata_with(text);
        CHECK(our_fingerprint(metadata) == fingerprint_of_row(metadata));
        text += static_cast<char>('a' + length % 26);
    }
}

TEST_CASE("for all eight keys, and for the two that are always there") {
    const std::string all =
        metadata_of({{"e"}, "pcas.chat.v1", "wechat", Instant{1750928110}, "ada", "session", "trace", "correlation"});
    CHECK(our_fingerprint(all) == fingerprint_of_row(all));
    const std::string least = metadata_of({{"e"}, "", "", {}, "", "", "", ""});
    CHECK(our_fingerprint(least) == fingerprint_of_row(least));
}

TEST_CASE("for characters that JSON escapes, and for those that it does not") {
    for (const char *const text :
         {"\"", "\\", "a\\\"b", "\n\r\t\b\f\x01\x1f", "\x7f\u00e9\u4e2d\U0001F600", "{\"a\": \"b\"}"}) {
        CAPTURE(text);
        const std::string metadata = metadata_with(text);
        CHECK(our_fingerprint(metadata) == fingerprint_of_row(metadata));
    }
}

TEST_CASE("with every seed, and another one with each") {
    const std::string metadata = metadata_with("ada");
    for (const std::int64_t seed : {lowest, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, highest}) {
        CAPTURE(seed);
        CHECK(our_fingerprint(metadata, seed) == fingerprint_of_row(metadata, seed));
    }
    CHECK(our_fingerprint(metadata, 1) != our_fingerprint(metadata, 2));
    CHECK(random_seed() != random_seed());
}

TEST_CASE("metadata that are anything else have another one, those included that hash alike") {
    const auto with = [](const std::string &value) {
        std::string metadata = metadata_with("ada");
        return metadata.replace(metadata.find("\"ada\""), 5, value);
    };
    for (const char *const other :
         {"[[\"ada\"]]", "[\"ada\"]", "\"bob\"", "1", "null", R"({"a": "ada"})", R"("ada", "mine": "")"}) {
        CAPTURE(other);
        CHECK(our_fingerprint(with("\"ada\"")) != fingerprint_of_row(with(other)));
    }
    CHECK(our_fingerprint(with("\"A!\"")) != fingerprint_of_row(with("8513")));
    const auto hash = [&with](const std::string &value) {
        return database().value("SELECT jsonb_hash_extended(" + quoted(with(value)) + ", 1)");
    };
    CHECK(hash("[[\"ada\"]]") == hash("\"ada\"")); // it is the size that tells them apart
    CHECK(hash("8513") == hash("\"A!\""));         // a number is hashed by its digits, four in two bytes
}
