// What the text of one option's value means. The same rules hold for the command line, the environment, the
// configuration file and a manifest's defaults and bounds.
#pragma once

#include "option.hpp"

#include <optional>
#include <string>

namespace host {

// nullopt if the option's type, bounds or choices do not allow `text`.
std::optional<Value> parse_value(const Option &option, const std::string &text);

// What the option allows, to complete "'abc' is not ...": "a whole number from 1 to 100000".
std::string allowed_values(const Option &option);

// The bounds alone, for help: "from 1 to 100000", "at least 1", "" if there are none.
std::string allowed_range(const Option &option);

} // namespace host
