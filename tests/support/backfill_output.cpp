#include "backfill_output.hpp"

namespace support {

int summary(const Result &said, const std::string &label) {
    const std::string before = "  " + label + ":";
    const std::size_t at = said.out.find(before);
    return at == std::string::npos ? -1 : std::stoi(said.out.substr(at + before.size()));
}

int reported(const Result &said) {
    if (const int updated = summary(said, "Successfully updated"); updated >= 0) return updated;
    const std::string before = " updated=";
    const std::size_t at = said.err.rfind(before);
    return at == std::string::npos ? 0 : std::stoi(said.err.substr(at + before.size()));
}

} // namespace support
