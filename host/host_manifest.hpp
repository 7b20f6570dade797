// pcasctl itself, described as a command is: what its manual page says that no command's manifest does.
#pragma once

#include "manifest.hpp"

namespace host {

Manifest host_manifest();

} // namespace host
