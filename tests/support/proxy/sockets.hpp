// The few things about sockets that the proxy needs. All are close-on-exec and do not block.
#pragma once

#include <string>

class Socket {
public:
    explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
    Socket(Socket &&other) noexcept;
    Socket &operator=(Socket &&other) noexcept;
    ~Socket() { close(); }

    int descriptor() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }
    void close();
    void close_at_once(); // what is not sent yet is lost; over TCP the peer gets a reset

private:
    int descriptor_;
};

// These throw std::system_error.
Socket listen_on_path(const std::string &path); // takes the place of a socket that is there
Socket listen_on_loopback(int port);            // 0 for any free one
int port_of(const Socket &socket);

// These are false if there is nobody.
Socket accept_from(const Socket &listener);
Socket connect_to_path(const std::string &path);
