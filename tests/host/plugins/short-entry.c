/* Says that its entry ends before run: the host must not read on. */
#include <pcasctl/plugin.h>

/* clang-format off */
PCASCTL_MANIFEST({"command": "short-entry", "version": "1", "summary": "Have too short an entry"});
/* clang-format on */

PCASCTL_ENTRY = {sizeof(size_t), NULL, NULL, NULL};
