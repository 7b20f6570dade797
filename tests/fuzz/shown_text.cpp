// Text from elsewhere on its way to the terminal or the log: whatever a plugin or a file says, it stays one line, and
// JSON stays JSON. Lines: message, key, value; the value may hold more lines.
#include "host_promises.hpp"
#include "log_line.hpp"

#include <nlohmann/json.hpp>

using namespace host;
using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    const auto take_line = [&rest] {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        return line;
    };
    const std::string_view message = take_line(), key = take_line(), value = rest;
    const std::string safe = escape(value);
    expect(escape(safe) == safe, "what is escaped is safe", safe);

    const std::string text = text_line(message, {{key, value}});
    expect(escape(text) == text, "a message of the log is one clean line", text);

    const std::string json = json_line({}, LogLevel::info, "hello", message, {{key, value}, {key, value}});
    expect(json.find('\n') == std::string::npos, "a message of the log is one line of JSON", json);
    const auto parsed = nlohmann::json::parse(json);
    expect(parsed.size() == 6, "no field takes another's place", json);
    if (escape(message) == message) expect(parsed.at("message") == message, "a clean message is kept", json);
    return 0;
}
