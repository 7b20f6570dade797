// The configuration file: sections and values out of any text, or one line that says where it is wrong, without showing
// a value.
#include "config_file.hpp"

#include "host_promises.hpp"

using namespace host;
using fuzz::expect;

namespace {

// A name may be shown, a value may not.
bool secret_is_in_a_name(const std::string &text) {
    for (const std::string &line : fuzz::lines_of(text)) {
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos && line.find(fuzz::secret) < equals) return true;
    }
    return false;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string text(fuzz::text_of(data, size));
    try {
        for (const ConfigEntry &entry : parse_config("pcasctl.ini", text).entries) {
            const bool written =
                text.find(entry.key) != std::string::npos && text.find(entry.value) != std::string::npos;
            expect(written, "keys and values are as written", entry.key);
            expect(entry.value.find('\0') == std::string::npos, "no value is cut off by a NUL", entry.key);
        }
    } catch (const Error &error) {
        fuzz::expect_wrong_usage(error);
        if (!secret_is_in_a_name(text)) fuzz::expect_no_secret(error.what());
    }
    return 0;
}
