// What becomes of text before it is shown: escaping, suggestions, the lines of the log.
#include "escape.hpp"
#include "log_line.hpp"
#include "suggest.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace host;
using namespace std::string_literals;

TEST_CASE("text that is fit to be shown stays as it is") {
    CHECK(escape("") == "");
    CHECK(escape("plain, with 'quotes' and \\ too") == "plain, with 'quotes' and \\ too");
    CHECK(escape("Grüße, 世界, 🙂") == "Grüße, 世界, 🙂");
}

TEST_CASE("control characters are escaped, those beyond ASCII too") {
    CHECK(escape("a\nb\tc\x1b[31m\x7f") == "a\\x0ab\\x09c\\x1b[31m\\x7f");
    CHECK(escape("a\0b"s) == "a\\x00b");
    CHECK(escape("\xc2\x9b"
                 "31m")
          == "\\xc2\\x9b31m");
    CHECK(escape("\xc2\xa0") == "\xc2\xa0");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
    CHECK(escape("\xff") == "\\xff");
    CHECK(escape("a\xc3") == "a\\xc3");                               // cut off
    CHECK(escape("\xc0\xaf") == "\\xc0\\xaf");                        // overlong
    CHECK(escape("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");               // overlong
    CHECK(escape("\xed\xa0\x80") == "\\xed\\xa0\\x80");               // a surrogate
    CHECK(escape("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");      // above U+10FFFF
    CHECK(escape("\xf0\x9f\x99\x82\x80") == "\xf0\x9f\x99\x82\\x80"); // a stray byte after a good character
}

TEST_CASE("the distance of two words counts insertions, deletions, replacements and swaps") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("batch-size", "batch-size") == 0);
    CHECK(edit_distance("batchsize", "batch-size") == 1);
    CHECK(edit_distance("bacth-size", "batch-size") == 1);
    CHECK(edit_distance("botch-sizes", "batch-size") == 2);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is suggested, and none where all are far") {
    const std::vector<std::string> names = {"sqlite", "postgres", "batch-size", "dry-run"};
    CHECK(did_you_mean("batchsize", names, "--") == "; did you mean --batch-size?");
    CHECK(did_you_mean("dry", names) == "; did you mean dry-run?");
    CHECK(did_you_mean("dr", names) == "");
    CHECK(did_you_mean("dryrun", names) == "; did you mean dry-run?");
    CHECK(did_you_mean("verbose", names) == "");
    CHECK(did_you_mean(std::string(100'000, 'x'), names) == "");
}

TEST_CASE("a message in text is one line, and a value with a space is quoted") {
    CHECK(text_line("it\nis", {}) == "it\\x0ais");
    CHECK(text_line("read", {{"file", "a.db"}, {"path", "/a b"}, {"none", ""}, {"said", "\"x\""}})
          == "read file=a.db path=\"/a b\" none=\"\" said=\"\\\"x\\\"\"");
}

TEST_CASE("a message in JSON is one object with time, level, command, message and the fields") {
    const auto time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'767'323'045'678));
    CHECK(
        json_line(time, LogLevel::warning, "hello", "a \"b\"\n", {{"id", "7"}})
        == R"({"time":"2026-01-02T03:04:05.678Z","level":"warning","command":"hello","message":"a \"b\"\n","id":"7"})");
}

TEST_CASE("a field never takes the place of the message, and invalid UTF-8 does not break the JSON") {
    const std::string line =
        json_line({}, LogLevel::info, "hello", "\xff", {{"message", "mine"}, {"message_", "\xc3"}});
    CHECK(line
          == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"command\":\"hello\",\"message\":"
             "\"\xef\xbf\xbd\","
             "\"message_\":\"mine\",\"message__\":\"\xef\xbf\xbd\"}");
}
