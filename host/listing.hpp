// What `pcasctl plugins` shows: every plugin that was seen, with its state and the reason for it, and where was looked.
#pragma once

#include "discovery.hpp"

#include <string>

namespace host {

std::string listing_text(const Listing &listing);
std::string listing_json(const Listing &listing);

} // namespace host
