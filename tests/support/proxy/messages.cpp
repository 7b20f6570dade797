#include "messages.hpp"

#include <arpa/inet.h>
#include <cstdint>

namespace {

std::string two_bytes(int number) {
    const std::uint16_t bytes = htons(static_cast<std::uint16_t>(number));
    return {reinterpret_cast<const char *>(&bytes), sizeof bytes};
}

std::string four_bytes(std::size_t number) {
    const std::uint32_t bytes = htonl(static_cast<std::uint32_t>(number));
    return {reinterpret_cast<const char *>(&bytes), sizeof bytes};
}

std::string with_end(std::string text) {
    text.push_back('\0');
    return text;
}

std::string message(char type, const std::string &body = {}) {
    return type + four_bytes(body.size() + 4) + body;
}

} // namespace

std::string refusal(const std::string &sqlstate, const std::string &text) {
    return message('E', with_end("SFATAL") + with_end("VFATAL") + with_end("C" + sqlstate) + with_end("M" + text)
                            + with_end({}));
}

std::string answer(int statements, const std::string &text) {
    constexpr std::size_t text_type = 25, any_size = 0xffff'ffff;
    const std::string column = with_end("text") + four_bytes(0) + two_bytes(0) + four_bytes(text_type) + two_bytes(-1)
                               + four_bytes(any_size) + two_bytes(0);
    const std::string one = message('1') + message('2') + message('T', two_bytes(1) + column)
                            + message('D', two_bytes(1) + four_bytes(text.size()) + text)
                            + message('C', with_end("SELECT 1"));
    std::string all;
    for (int statement = 0; statement < statements; ++statement) all += one;
    return all + message('Z', "I");
}
