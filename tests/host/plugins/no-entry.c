/* Has a manifest, and nothing to run. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({"command": "no-entry", "version": "1", "summary": "Have no entry"});
/* clang-format on */
