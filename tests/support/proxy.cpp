#include "proxy.hpp"

#include <cstring>
#include <regex>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace support {
namespace {

// `key=value` of a line of such words.
std::string word(const std::string &line, const std::string &key) {
    std::smatch match;
    if (!std::regex_search(line, match, std::regex("(?:^| )" + key + "=(\\S+)")))
        throw std::runtime_error("no " + key + " in: " + line);
    return match[1];
}

std::string with(const std::string &conninfo, const std::string &key, const std::string &value) {
    return std::regex_replace(conninfo, std::regex("(^| )" + key + "=\\S+"), "$1" + key + "=" + value);
}

std::vector<std::string> command(const std::string &directory, const std::string &conninfo,
                                 const std::vector<std::string> &options) {
    std::vector<std::string> argv{setting("PCASCTL_TEST_PROXY"), "--directory", directory, "--server",
                                  word(conninfo, "host") + "/.s.PGSQL." + word(conninfo, "port")};
    argv.insert(argv.end(), options.begin(), options.end());
    return argv;
}

// Sends a line and reads the one that comes back.
std::string ask(const std::string &path, const std::string &line) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string answer;
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0
        && ::send(socket, (line + "\n").c_str(), line.size() + 1, MSG_NOSIGNAL) > 0) {
        char character = 0;
        while (::recv(socket, &character, 1, 0) == 1 && character != '\n') answer += character;
    }
    ::close(socket);
    return answer;
}

} // namespace

Proxy::Proxy(const std::string &conninfo, const std::vector<std::string> &options)
    : process_(command(directory_.path(), conninfo, options)) {
    process_.wait_for_output("ready port=");
    port_ = word(process_.so_far().out, "port");
}

std::string Proxy::through(const std::string &conninfo) const {
    return with(with(conninfo, "host", directory_.path()), "port", "5432");
}

std::string Proxy::through_tcp(const std::string &conninfo) const {
    return with(with(conninfo, "host", "127.0.0.1"), "port", port_);
}

Proxy::Status Proxy::tell(const std::string &command) const {
    const std::string answer = ask(directory_ / "control", command);
    if (answer.rfind("connections=", 0) != 0)
        throw std::runtime_error("the proxy, told '" + command + "': " + (answer.empty() ? "it is gone" : answer));
    return {std::stoi(word(answer, "connections")), std::stoull(word(answer, "bytes")),
            std::stoull(word(answer, "turns")), word(answer, "stalled") == "yes", word(answer, "trap") == "set"};
}

} // namespace support
