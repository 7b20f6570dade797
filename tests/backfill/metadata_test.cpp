// The eight fields: which are there, what they hold, and that the JSON is exactly the server's.
#include "metadata.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace backfill;

namespace {

Event full_event() {
    return {{"e1"}, "pcas.user.prompt.v1", "/d-app/cli", Instant{1750928110}, "u", "s", "t", "c"};
}

} // namespace

TEST_CASE("an event with everything gives all eight fields, as PostgreSQL would print them") {
    CHECK(
        metadata_of(full_event())
        == R"({"user_id": "u", "trace_id": "t", "timestamp": "2025-06-26T08:55:10Z", "event_type": "pcas.user.prompt.v1", )"
           R"("session_id": "s", "event_source": "/d-app/cli", "correlation_id": "c", "timestamp_unix": "1750928110"})");
}

TEST_CASE("an event with nothing optional gives its type and source alone") {
    CHECK(metadata_of({{"e1"}, "type", "source", {}, "", "", "", ""})
          == R"({"event_type": "type", "event_source": "source"})");
}

TEST_CASE("type and source are there even when they are empty") {
    CHECK(metadata_of({{"e1"}, "", "", {}, "", "", "", ""}) == R"({"event_type": "", "event_source": ""})");
}

TEST_CASE("times before 1970 keep their sign") {
    Event event = full_event();
    event.time = Instant{-1};
    const auto json = nlohmann::json::parse(metadata_of(event));
    CHECK(json.at("timestamp_unix") == "-1");
    CHECK(json.at("timestamp") == "1969-12-31T23:59:59Z");
}

TEST_CASE("every character survives the JSON") {
    std::string every;
    for (char character = 1; character < 0x7F; ++character) every += character;
    every += "\x7F\u00e9\u4e2d\U0001F600\"\\";
    Event event = full_event();
    event.user_id = every;
    event.correlation_id = std::string(1, '\n');
    const std::string text = metadata_of(event);
    const auto json = nlohmann::json::parse(text);
    CHECK(json.at("user_id") == every);
    CHECK(json.at("correlation_id") == "\n");
    CHECK(text.find(R"(\u0001)") != std::string::npos);
    CHECK(text.find(R"("correlation_id": "\n")") != std::string::npos);
    CHECK(text.find("\U0001F600") != std::string::npos);
}
