// PostgreSQL's binary form of one-dimensional arrays. Binary, because the text form of an array has a quoting of its
// own, in which an event's id with braces, commas, quotes or backslashes would have to be escaped; here every element
// travels as it is, behind its length.
#pragma once

#include <libpq-fe.h> // Oid

#include <cstdint>
#include <string>
#include <string_view>

namespace backfill {

// Numbers of built-in types, fixed in pg_type.dat.
inline constexpr Oid text_oid = 25;
inline constexpr Oid tid_oid = 27;
inline constexpr Oid jsonb_oid = 3802;
inline constexpr Oid text_array_oid = 1009;
inline constexpr Oid jsonb_array_oid = 3807;

// Builds the value of one array parameter. Elements are added one by one; none is NULL.
class ArrayParameter {
public:
    explicit ArrayParameter(Oid element_type);

    void add(std::string_view element);
    const std::string &bytes(); // complete, until the next add()

private:
    Oid element_type_;
    std::int32_t count_ = 0;
    std::string bytes_;
};

} // namespace backfill
