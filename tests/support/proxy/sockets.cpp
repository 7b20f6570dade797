#include "sockets.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace {

constexpr int flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

[[noreturn]] void fail(const std::string &what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_un address_of(const std::string &path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

} // namespace

Socket::Socket(Socket &&other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket &Socket::operator=(Socket &&other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    other.close();
    return *this;
}

void Socket::close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Socket::close_at_once() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

Socket listen_on_path(const std::string &path) {
    const sockaddr_un address = address_of(path);
    Socket socket(::socket(AF_UNIX, flags, 0));
    if (!socket) fail("socket");
    ::unlink(path.c_str());
    if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::chmod(path.c_str(), 0777) != 0 || ::listen(socket.descriptor(), SOMAXCONN) != 0)
        fail(path);
    return socket;
}

Socket listen_on_loopback(int port) {
    Socket socket(::socket(AF_INET, flags, 0));
    if (!socket) fail("socket");
    const int yes = 1;
    ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.descriptor(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(socket.descriptor(), SOMAXCONN) != 0)
        fail("port " + std::to_string(port));
    return socket;
}

int port_of(const Socket &socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket.descriptor(), reinterpret_cast<sockaddr *>(&address), &size) != 0) fail("getsockname");
    return ntohs(address.sin_port);
}

Socket accept_from(const Socket &listener) {
    Socket socket(::accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int yes = 1; // does nothing to a Unix socket
    if (socket) ::setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

Socket connect_to_path(const std::string &path) {
    const sockaddr_un address = address_of(path);
    Socket socket(::socket(AF_UNIX, flags, 0));
    if (!socket || ::connect(socket.descriptor(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        socket.close();
    return socket;
}
