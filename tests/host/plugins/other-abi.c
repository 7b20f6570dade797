/* As a plugin for a later major version of the ABI would look to this host. */
#include "leave_a_mark.h"

#include <pcasctl/plugin.h>

#undef PCASCTL_ABI_MAJOR
#define PCASCTL_ABI_MAJOR 2
#undef PCASCTL_ABI_MINOR
#define PCASCTL_ABI_MINOR 3

/* clang-format off */
PCASCTL_MANIFEST({"command": "other-abi", "version": "1", "summary": "Need another ABI"});
/* clang-format on */
