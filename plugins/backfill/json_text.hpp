// A text as it stands between quotation marks in JSON, spelled as PostgreSQL prints it.
#pragma once

#include <string>
#include <string_view>

namespace backfill {

void append_json(std::string_view text, std::string &json);

} // namespace backfill
