// A file in a plugin directory, from its first byte to the manifest in its note: never run, never believed.
#include "plugin_file.hpp"

#include "host_promises.hpp"
#include "memory_file.hpp"

using namespace host;
using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static const fuzz::MemoryFile file;
    file.set_content(fuzz::text_of(data, size));
    const PluginFile plugin = read_plugin_file(file.path(), "hello");
    if (plugin.refusal) {
        fuzz::expect_line(plugin.refusal->reason);
        return 0;
    }
    expect(plugin.abi && plugin.abi->major == PCASCTL_ABI_MAJOR, "a plugin that is used has this host's ABI");
    expect(plugin.manifest && plugin.manifest->command == "hello", "a plugin that is used is called as its file");
    return 0;
}
