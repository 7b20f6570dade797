// The JSON of a node: what makes an event, and what must be refused without a crash.
#include "graph_event.hpp"
#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace backfill;
using reading::readable;
using reading::reason;

namespace {

SourceEvent read(std::string_view content, std::string_view node = "n1") {
    return GraphEventReader().read(node, content);
}

// An event with these members besides its type and source.
std::string with(const std::string &members) {
    return R"({"type":"t","source":"s",)" + members + "}";
}

} // namespace

TEST_CASE("a whole event is read, and what is not ours is passed over") {
    const Event event = readable(read(
        R"( {"id":"n1","type":"pcas.t","source":"/s","specversion":"1.0","subject":"x","time":"2025-06-26T08:55:10Z",
             "trace_id":"tr","correlation_id":"co","user_id":"us","session_id":"se",
             "data":{"type":"not this","user_id":[1,{"id":"nor this"}],"big":123456789012345678901234567890,"huge":1e999}} )"));
    CHECK(event.id.text == "n1");
    CHECK(event.type == "pcas.t");
    CHECK(event.source == "/s");
    CHECK(event.time == Instant{1750928110});
    CHECK(event.trace_id == "tr");
    CHECK(event.correlation_id == "co");
    CHECK(event.user_id == "us");
    CHECK(event.session_id == "se");
}

TEST_CASE("the node's id stands in where content names none") {
    CHECK(readable(read(R"({"type":"t","source":"s"})")).id.text == "n1");
    CHECK(readable(read(with(R"("id":"")"))).id.text == "n1");
    CHECK(readable(read(with(R"("id":null)"))).id.text == "n1");
    CHECK(reason(read(with(R"("id":"other")"))) == "content names another id, 'other', than the node has");
}

TEST_CASE("what is empty or null is absent") {
    const Event event = readable(read(with(R"("time":null,"user_id":null,"session_id":"","trace_id":null)")));
    CHECK_FALSE(event.time.has_value());
    CHECK(event.user_id.empty());
    CHECK(event.session_id.empty());
    CHECK_FALSE(readable(read(with(R"("time":"")"))).time.has_value());
}

TEST_CASE("type and source have to be there") {
    CHECK(reason(read(R"({"source":"s"})")) == "content has no type");
    CHECK(reason(read(R"({"type":"t"})")) == "content has no source");
    CHECK(reason(read(R"({"type":null,"source":"s"})")) == "content has no type");
    CHECK(readable(read(R"({"type":"","source":""})")).type.empty());
}

TEST_CASE("a value of another type than text is refused, with the key and what it is") {
    CHECK(reason(read(with(R"("user_id":5)"))) == "user_id is a number, not a string");
    CHECK(reason(read(with(R"("id":["n1"])"))) == "id is an array, not a string");
    CHECK(reason(read(with(R"("trace_id":{})"))) == "trace_id is an object, not a string");
    CHECK(reason(read(with(R"("session_id":true)"))) == "session_id is a boolean, not a string");
    CHECK(reason(read(with(R"("time":false)"))) == "time is a boolean, not a string");
}

TEST_CASE("a time may be a number") {
    CHECK(readable(read(with(R"("time":1750928110)"))).time == Instant{1750928110});
    CHECK(readable(read(with(R"("time":1750928110.75)"))).time == Instant{1750928110});
    CHECK(readable(read(with(R"("time":1750928110123)"))).time == Instant{1750928110});
    CHECK(readable(read(with(R"("time":-1)"))).time == Instant{-1});
    CHECK(reason(read(with(R"("time":18446744073709551615)"))).find("outside the years") != std::string::npos);
    CHECK(reason(read(with(R"("time":123456789012345678901234567890)")))
              .starts_with("time is a number that cannot be read"));
    CHECK(reason(read(with(R"("time":"tomorrow")"))).starts_with("time 'tomorrow' is not in a known format"));
}

TEST_CASE("of a key that comes twice the last value counts") {
    CHECK(readable(read(with(R"("user_id":"a","user_id":"b")"))).user_id == "b");
    CHECK(readable(read(with(R"("user_id":"a","user_id":null)"))).user_id.empty());
    CHECK_FALSE(readable(read(with(R"("time":1,"time":null)"))).time.has_value());
}

TEST_CASE("escapes are decoded, in keys as in values") {
    CHECK(readable(read(with(R"("\u0075ser_id":"a\"b\\c\n\u00e9\ud83d\ude00")"))).user_id
          == "a\"b\\c\n\u00e9\U0001F600");
    CHECK(readable(read(with(R"("id":"n\u0031")"))).id.text == "n1");
}

TEST_CASE("a text that PostgreSQL cannot hold is refused, with its key") {
    CHECK(reason(read(with(R"("user_id":"a\u0000b")"))) == "user_id holds a NUL character");
    CHECK(reason(read(with(R"("user_id":"\ud83d")"))).starts_with("content is not well-formed JSON"));
    CHECK(reason(read(with("\"user_id\":\"\xFF\""))) != "readable");
    CHECK(reason(read(with("\"data\":\"\xFF\""))) != "readable");
}

TEST_CASE("content that is no JSON object is refused") {
    CHECK(reason(read("[]")) == "content is an array, not a JSON object");
    CHECK(reason(read(R"("text")")) == "content is a string, not a JSON object");
    CHECK(reason(read("null")) == "content is null, not a JSON object");
    CHECK(reason(read("7")) == "content is a number, not a JSON object");
    CHECK(reason(read("true")) == "content is a boolean, not a JSON object");
    for (const std::string content : {"nothing", "not json", "tru", "-", "7x"}) {
        CAPTURE(content);
        CHECK(reason(read(content)).starts_with("content is not well-formed JSON"));
    }
    const std::string whole = with(R"("data":{"a":[1,2,{"b":"c"}]})");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        CHECK(reason(read(whole.substr(0, length))) != "readable");
    }
    readable(read(whole));
}

TEST_CASE("malformed content is refused") {
    for (const char *content :
         {"", " ", "{", "}", "{]", "not json", R"({"type":"t","source":"s"} {})", R"({"type":"t","source":"s"}x)",
          R"({"type":"t" "source":"s"})", R"({"type":"t","source":"s",})", R"({"type":"t","source":"s","data":[1,2})",
          R"({"type":"t","source":"s","data":[1 2]})", R"({"type":"t","source":"s","data":{"a":]}})",
          R"({"type":"t","source":"s","data":{"a" 1}})", R"({"type":"t","source":"s","user_id":nul})", R"({type:"t"})",
          R"({"type":"t","source":"s","user_id":"a	b)", "\xEF\xBB\xBF{\"type\":\"t\",\"source\":\"s\"}"}) {
        CAPTURE(content);
        CHECK(reason(read(content)) != "readable");
    }
    using namespace std::string_view_literals;
    CHECK(reason(read("{\"type\":\"t\",\"source\":\"s\"}\0"sv)) != "readable");
}

TEST_CASE("content nested ten thousand deep is refused, not followed") {
    const std::string open(10'000, '['), close(10'000, ']');
    CHECK(reason(read(with("\"data\":" + open + close))) == "content is nested more than 1000 levels deep");
    CHECK(reason(read(open + close)) != "readable");
    std::string objects;
    for (int depth = 0; depth < 10'000; ++depth) objects += R"({"a":)";
    CHECK(reason(read(with("\"data\":" + objects + "1" + std::string(10'000, '}')))) != "readable");
    CHECK(reason(read(with("\"data\":" + std::string(900, '[') + std::string(900, ']')))) == "readable");
}

TEST_CASE("one reader reads large and small events after each other") {
    GraphEventReader reader;
    const std::string large = with(R"("data":")" + std::string(5'000'000, 'x') + "\"");
    for (int round = 0; round < 3; ++round) {
        CHECK(std::holds_alternative<Event>(reader.read("n1", large)));
        CHECK(std::holds_alternative<UnreadableEvent>(reader.read("n1", "{")));
        CHECK(std::holds_alternative<Event>(reader.read("n1", with(R"("user_id":"u")"))));
    }
}
