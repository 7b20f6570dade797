#include "private_server.hpp"

#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace support {
namespace {

std::string checked(const std::vector<std::string> &command) {
    const Result result = run(command);
    if (result.exit_code != 0) throw std::runtime_error(command[0] + " " + command[1] + ": " + result.err);
    return result.out;
}

} // namespace

PrivateServer::PrivateServer(std::string script, std::vector<std::string> arguments)
    : script_(std::move(script)), arguments_(std::move(arguments)) {
    start();
}

PrivateServer::~PrivateServer() {
    try {
        crash(); // the quickest way: nobody will want the data
    } catch (const std::runtime_error &) {
        // The guard that the script left behind tries again when we have ended.
    }
}

void PrivateServer::stop() {
    checked(command("stop"));
}
void PrivateServer::crash() {
    checked(command("crash"));
}

// The guard that the first start leaves behind outlives stops: one is enough.
void PrivateServer::start() {
    std::vector<std::string> start = command("start");
    if (conninfo_.empty()) start.insert(start.begin() + 2, {"--owner", std::to_string(::getpid())});
    start.insert(start.end(), arguments_.begin(), arguments_.end());
    conninfo_ = checked(start);
    conninfo_.pop_back(); // the line's end
}

std::vector<std::string> PrivateServer::command(const std::string &verb) const {
    return {script_, verb, directory_.path()};
}

} // namespace support
