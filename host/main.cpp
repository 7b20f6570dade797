// Turns what the system hands to a process into values, and nothing else: the rest is in the library, where tests can
// reach it.
#include "application.hpp"

#include <boost/dll/runtime_symbol_info.hpp>

#include <csignal>
#include <fcntl.h>
#include <map>
#include <string_view>
#include <unistd.h>

namespace {

host::Environment process_environment() {
    std::map<std::string, std::string> variables;
    for (char **entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return host::Environment(std::move(variables));
}

// Whoever starts us may have closed a standard stream. The next file that is opened, perhaps the connection to a server,
// would take its number, and get what we print. So something takes it that fails as a closed one does.
void occupy_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

} // namespace

int main(int argc, char **argv) {
    occupy_closed_streams();
    // A reader that goes away is an error of write() here, which can be reported; not the silent end of the process.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    return host::run({words, process_environment(), boost::dll::program_location()});
}
