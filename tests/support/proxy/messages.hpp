// What a PostgreSQL server would say, byte by byte.
#pragma once

#include <string>

// A fatal error.
std::string refusal(const std::string &sqlstate, const std::string &text);

// The answer to one transaction of so many statements of the extended protocol, each of which returned one row with this text.
std::string answer(int statements, const std::string &text);
