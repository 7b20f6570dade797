// Metadata of any texts and times: the JSON that is sent to the server says what the event said. The input: eight bytes
// of time, then the texts, each ended by a newline.
#include "event_promises.hpp"

#include <cstring>

using namespace backfill;

namespace {

// Within the years that every parsed time is in.
std::optional<Instant> instant_from(const std::uint8_t *data) {
    std::int64_t number = 0;
    std::memcpy(&number, data, sizeof number);
    const ParsedTime parsed = from_integer(number);
    if (const auto *instant = std::get_if<Instant>(&parsed)) return *instant;
    return std::nullopt;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    constexpr std::size_t time_size = sizeof(std::int64_t);
    if (size < time_size) return 0;
    const std::string_view text = fuzz::text_of(data + time_size, size - time_size);
    if (flaw_of("text", text)) return 0;
    std::vector<std::string> texts = fuzz::lines_of(text);
    texts.resize(7);
    fuzz::expect_faithful_metadata(
        {EventId{texts[0]}, texts[1], texts[2], instant_from(data), texts[3], texts[4], texts[5], texts[6]});
    return 0;
}
