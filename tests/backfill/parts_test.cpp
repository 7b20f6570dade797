// The small parts of the PostgreSQL side that have rules of their own.
#include "array_parameter.hpp"
#include "back_off.hpp"
#include "batch_parameters.hpp"
#include "statements.hpp"
#include "table_name.hpp"
#include "throttle.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>
#include <string>

using namespace backfill;

TEST_CASE("names of tables are read as SQL reads them") {
    CHECK(TableName("pcas_vectors").quoted() == R"("pcas_vectors")");
    CHECK(TableName("Public.PCAS_Vectors").quoted() == R"("public"."pcas_vectors")");
    CHECK(TableName(R"("My ""Schema""".T$1)").quoted() == R"("My ""Schema"""."t$1")");
    CHECK(TableName(R"("a.b")").quoted() == R"("a.b")");
    CHECK(TableName("größe").quoted() == R"("größe")");
}

TEST_CASE("what is no table's name is refused") {
    for (const char *text :
         {"", ".", "a.", ".a", "a.b.c", "a b", "a;b", "\"open", "\"\"", "1a", "a-b", "\"a\"b", "a..b"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(TableName{text}, std::invalid_argument);
    }
    CHECK_THROWS_AS(TableName{std::string(64, 'a')}, std::invalid_argument);
    CHECK_NOTHROW(TableName{std::string(63, 'a')});
}

TEST_CASE("an array in PostgreSQL's binary form") {
    using namespace std::string_literals;
    ArrayParameter texts(text_oid);
    CHECK(texts.bytes() == "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\0\0\0\0\1"s);
    texts.add("ab");
    texts.add("");
    CHECK(texts.bytes() == "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\2\0\0\0\1\0\0\0\2ab\0\0\0\0"s);

    ArrayParameter documents(jsonb_oid);
    documents.add("{}");
    CHECK(documents.bytes() == "\0\0\0\1\0\0\0\0\0\0\x0e\xda\0\0\0\1\0\0\0\1\0\0\0\3\1{}"s);
}

TEST_CASE("the metadata of a batch are one jsonb, by id, in the order of its keys") {
    const Batch batch = {{{"a \"quoted\" id"}, R"({"k": "1"})"}, {{"b"}, "{}"}, {{"a"}, R"({"k": "2"})"}};
    BatchParameters parameters;
    for (const Update &update : batch) parameters.add(update);
    const Parameter metadata = parameters.object().front();
    CHECK(metadata.type == jsonb_oid);
    CHECK(metadata.binary);
    CHECK(metadata.bytes
          == "\1"
             R"({"a": {"k": "2"}, "b": {}, "a \"quoted\" id": {"k": "1"}})");
}

TEST_CASE("the statement that writes, whole") {
    CHECK(Statements(TableName("s.t"), 1).update.text == R"(
UPDATE "s"."t" AS v
   SET metadata = coalesce(nullif(v.metadata, 'null'), '{}') - $3::text[] || u.metadata
  FROM unnest($1::text[], $2::jsonb[]) AS u (id, metadata)
 WHERE v.id = u.id
   AND v.id = ANY ($1::text[])
   AND v.id COLLATE "C" = u.id
   AND CASE coalesce(jsonb_typeof(v.metadata), 'null')
            WHEN 'null' THEN true
            WHEN 'object' THEN v.metadata <> v.metadata - $3::text[] || u.metadata
            ELSE false
       END
RETURNING v.id)");
}

TEST_CASE("the pause doubles up to eight seconds, and chance takes off up to a half") {
    for (int attempt = 1; attempt <= 10; ++attempt) {
        const int longest = attempt < 6 ? 250 << (attempt - 1) : 8000;
        CHECK(back_off(attempt).count() <= longest);
        CHECK(back_off(attempt).count() >= longest / 2);
    }
    std::set<long> pauses;
    for (int client = 0; client < 20; ++client) pauses.insert(back_off(6).count());
    CHECK(pauses.size() > 10);
}

TEST_CASE("a rate is kept to: after a batch the next one waits for its time") {
    const Stop never{[] { return false; }};
    Throttle limited({1, std::chrono::milliseconds(0)}, {}, {}, never);
    CHECK(limited.is_open());
    limited.took(3600);
    CHECK_FALSE(limited.is_open());
    Throttle unlimited({0, std::chrono::milliseconds(0)}, {}, {}, never);
    unlimited.took(3600);
    CHECK(unlimited.is_open());
}

TEST_CASE("a standby that lags is waited for, one that keeps up or cannot be seen is not") {
    const Stop never{[] { return false; }};
    std::optional<std::chrono::milliseconds> lag;
    bool open = true;
    SUBCASE("further behind than allowed") {
        lag = std::chrono::seconds(6);
        open = false;
    }
    SUBCASE("behind, but not too far") {
        lag = std::chrono::seconds(5);
    }
    SUBCASE("not to be seen") {
        lag = std::nullopt;
    }
    int questions = 0;
    std::string told;
    Throttle throttle(
        {0, std::chrono::seconds(5)},
        [&] {
            ++questions;
            return lag;
        },
        [&](const std::string &message) { told += message; }, never);
    CHECK(throttle.is_open() == open);
    CHECK(questions == 1);
    CHECK(told == (open ? "" : "waiting: a standby is 6.0 s behind (--pause-on-lag)"));
}
