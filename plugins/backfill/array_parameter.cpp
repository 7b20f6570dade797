#include "array_parameter.hpp"

#include <arpa/inet.h>
#include <cstring>

namespace backfill {
namespace {

constexpr std::size_t count_offset = 12; // behind the number of dimensions, the flag for NULLs and the element type
constexpr char jsonb_version = 1;        // precedes the text of each jsonb value

void put(std::string &bytes, std::size_t offset, std::int32_t value) {
    const std::uint32_t network_order = htonl(static_cast<std::uint32_t>(value));
    std::memcpy(bytes.data() + offset, &network_order, sizeof network_order);
}

void append(std::string &bytes, std::int32_t value) {
    bytes.resize(bytes.size() + sizeof value);
    put(bytes, bytes.size() - sizeof value, value);
}

} // namespace

ArrayParameter::ArrayParameter(Oid element_type) : element_type_(element_type) {
    append(bytes_, 1); // dimensions
    append(bytes_, 0); // no NULLs
    append(bytes_, static_cast<std::int32_t>(element_type));
    append(bytes_, 0); // elements, set in bytes()
    append(bytes_, 1); // index of the first
}

void ArrayParameter::add(std::string_view element) {
    const bool jsonb = element_type_ == jsonb_oid;
    append(bytes_, static_cast<std::int32_t>(element.size() + (jsonb ? 1 : 0)));
    if (jsonb) bytes_ += jsonb_version;
    bytes_ += element;
    ++count_;
}

const std::string &ArrayParameter::bytes() {
    put(bytes_, count_offset, count_);
    return bytes_;
}

} // namespace backfill
