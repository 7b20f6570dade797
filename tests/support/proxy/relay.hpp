// The proxy itself: listens, gives each client a connection of its own to the server, and moves bytes between them as
// the link lets it; and does meanwhile what it is told on the control socket, which takes one command a line.
#pragma once

#include "flow.hpp"
#include "link.hpp"
#include "sockets.hpp"

#include <list>
#include <map>
#include <string>

class Relay {
public:
    struct Settings {
        std::string directory; // where the sockets are made
        std::string server;    // path of the server's socket
        Link link = {};
        bool tcp = false; // listen on a port of the loopback interface as well
    };

    explicit Relay(Settings settings);

    int port() const { return port_; } // 0 without tcp
    [[noreturn]] void run();

private:
    struct Pair { // a client, and its connection to the server
        Pair(Socket client, Socket server, Link &link, Lane &up, Lane &down);
        bool move(); // false if more could be moved at once
        void begin_turn();
        bool over() const { return up.broken() || down.broken() || (up.ended() && down.ended()); }

        Socket client, server;
        Link &link;
        Flow up, down;
        bool client_has_heard = true;
    };

    void admit();
    void refuse();
    void deny(const Socket &client) const;
    void accept_clients(const Socket &listener);
    void accept_controllers();
    void watch(const Socket &socket, unsigned events) const;
    void handle(int descriptor, unsigned events);
    void wait_and_handle(bool at_once);
    void arm_timer() const;
    bool move_all(); // false if more could be moved at once
    std::list<Pair>::iterator close(std::list<Pair>::iterator pair);
    void cut();
    void listen_to(std::map<int, Socket>::iterator controller);
    std::string obey(const std::string &line);

    Settings settings_;
    Lane up_, down_;
    int epoll_, timer_;
    int port_ = 0;
    std::string denial_; // the SQLSTATE that new connections get; empty if they are led to the server
    Socket by_path_, by_port_, control_;
    std::list<Pair> pairs_;
    std::map<int, Pair *> pair_of_; // by either socket
    std::map<int, Socket> controllers_;
};
