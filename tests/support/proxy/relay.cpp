#include "relay.hpp"

#include "messages.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <sstream>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace {

constexpr int moves_in_turn = 16; // then the other connections have theirs

int checked(int descriptor, const char *what) {
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
    return descriptor;
}

} // namespace

Relay::Relay(Settings settings)
    : settings_(std::move(settings)), epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll")),
      timer_(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd")),
      control_(listen_on_path(settings_.directory + "/control")) {
    epoll_event event{EPOLLIN | EPOLLET, {.fd = timer_}};
    checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event), "epoll");
    watch(control_, EPOLLIN);
    admit();
}

void Relay::run() {
    for (bool idle = true;;) {
        arm_timer();
        wait_and_handle(!idle);
        idle = move_all();
    }
}

// ---- Events ---------------------------------------------------------------------------------------------------------

void Relay::watch(const Socket &socket, unsigned events) const {
    epoll_event event{events, {.fd = socket.descriptor()}};
    checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.descriptor(), &event), "epoll");
}

void Relay::wait_and_handle(bool at_once) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), at_once ? 0 : -1);
    for (int at = 0; at < count; ++at) {
        const epoll_event &event = events[static_cast<std::size_t>(at)];
        handle(event.data.fd, event.events);
    }
}

void Relay::handle(int descriptor, unsigned events) {
    if (descriptor == control_.descriptor()) return accept_controllers();
    if (descriptor == by_path_.descriptor()) return accept_clients(by_path_);
    if (descriptor == by_port_.descriptor()) return accept_clients(by_port_);
    if (const auto controller = controllers_.find(descriptor); controller != controllers_.end())
        return listen_to(controller);
    const auto found = pair_of_.find(descriptor);
    if (found == pair_of_.end()) return; // the timer, which only wakes us up
    Pair &pair = *found->second;
    const bool client = descriptor == pair.client.descriptor();
    if ((events & ~static_cast<unsigned>(EPOLLOUT)) != 0) (client ? pair.up : pair.down).set_readable();
    if ((events & ~static_cast<unsigned>(EPOLLIN)) != 0) (client ? pair.down : pair.up).set_writable();
}

void Relay::arm_timer() const {
    auto first = Clock::time_point::max();
    for (const Pair &pair : pairs_)
        for (const Flow *flow : {&pair.up, &pair.down}) first = std::min(first, flow->next_arrival().value_or(first));
    itimerspec when{}; // none: never
    if (first != Clock::time_point::max()) {
        const auto left = std::max(first - Clock::now(), Clock::duration(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
        when.it_value = {seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
    }
    ::timerfd_settime(timer_, 0, &when, nullptr);
}

// ---- Connections ----------------------------------------------------------------------------------------------------

Relay::Pair::Pair(Socket client_socket, Socket server_socket, Link &the_link, Lane &up_lane, Lane &down_lane)
    : client(std::move(client_socket)), server(std::move(server_socket)), link(the_link),
      up(client.descriptor(), server.descriptor(), link, up_lane),
      down(server.descriptor(), client.descriptor(), link, down_lane) {}

bool Relay::Pair::move() {
    for (int turn = 0; turn < moves_in_turn; ++turn) {
        const bool said = up.take();
        if (said && std::exchange(client_has_heard, false)) begin_turn();
        const bool handed_on = up.hand_on();
        const bool answered = down.take();
        const bool heard = down.hand_on();
        client_has_heard = client_has_heard || heard;
        if (!(said || handed_on || answered || heard) || over()) return true;
    }
    return false;
}

void Relay::Pair::begin_turn() {
    ++link.turns;
    if (!link.stray || link.turns < link.stray->turn) return;
    down.insert(answer(link.stray->statements, "an answer to somebody else"));
    link.stray.reset();
}

bool Relay::move_all() {
    bool idle = true;
    for (auto pair = pairs_.begin(); pair != pairs_.end();) {
        idle &= pair->move();
        pair = pair->over() ? close(pair) : std::next(pair);
    }
    if (settings_.link.cut) cut();
    return idle;
}

std::list<Relay::Pair>::iterator Relay::close(std::list<Pair>::iterator pair) {
    pair_of_.erase(pair->client.descriptor());
    pair_of_.erase(pair->server.descriptor());
    pair->client.close_at_once();
    return pairs_.erase(pair);
}

void Relay::cut() {
    for (auto pair = pairs_.begin(); pair != pairs_.end();) pair = close(pair);
    settings_.link.cut = false;
}

void Relay::admit() {
    if (by_path_) return;
    by_path_ = listen_on_path(settings_.directory + "/.s.PGSQL.5432");
    watch(by_path_, EPOLLIN);
    if (!settings_.tcp) return;
    by_port_ = listen_on_loopback(port_);
    port_ = port_of(by_port_);
    watch(by_port_, EPOLLIN);
}

void Relay::refuse() {
    by_path_.close();
    by_port_.close();
}

void Relay::deny(const Socket &client) const {
    const std::string message = refusal(denial_, "the proxy was told to deny connections");
    ::send(client.descriptor(), message.data(), message.size(), MSG_NOSIGNAL);
}

// The server is not there: the client is hung up on, as it would be by a machine whose server is being restarted.
void Relay::accept_clients(const Socket &listener) {
    while (Socket client = accept_from(listener)) {
        if (!denial_.empty()) {
            deny(client);
            continue;
        }
        Socket server = connect_to_path(settings_.server);
        if (!server) continue;
        Pair &pair = pairs_.emplace_back(std::move(client), std::move(server), settings_.link, up_, down_);
        for (const Socket *socket : {&pair.client, &pair.server}) {
            pair_of_[socket->descriptor()] = &pair;
            watch(*socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        }
    }
}

// ---- Control --------------------------------------------------------------------------------------------------------

void Relay::accept_controllers() {
    while (Socket controller = accept_from(control_)) {
        watch(controller, EPOLLIN);
        const int descriptor = controller.descriptor();
        controllers_.emplace(descriptor, std::move(controller));
    }
}

// Lines are short and come whole.
void Relay::listen_to(std::map<int, Socket>::iterator controller) {
    std::array<char, 4096> buffer;
    const ssize_t count = ::recv(controller->first, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        controllers_.erase(controller);
        return;
    }
    std::istringstream lines(std::string(buffer.data(), static_cast<std::size_t>(count)));
    for (std::string line; std::getline(lines, line);) {
        const std::string answer = obey(line) + "\n";
        ::send(controller->first, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
}

std::string Relay::obey(const std::string &line) {
    Link &link = settings_.link;
    std::istringstream words(line);
    std::string verb, word;
    words >> verb >> word;
    const double number = std::strtod(word.c_str(), nullptr);
    const auto after = [&](Link::Event event) {
        link.trap = Link::Trap{link.passed + static_cast<std::uint64_t>(number), event};
    };
    const std::map<std::string, std::function<void()>> verbs{
        {"delay", [&] { link.set_delay(number); }},
        {"rate", [&] { link.rate = number; }},
        {"stall", [&] { number > 0 ? after(Link::Event::stall) : void(link.stalled = true); }},
        {"stray",
         [&] {
             int statements = 1;
             words >> statements;
             link.stray = Link::Stray{link.turns + static_cast<std::uint64_t>(number), statements};
         }},
        {"cut", [&] { number > 0 ? after(Link::Event::cut) : cut(); }},
        {"resume",
         [&] {
             link.stalled = false;
             link.trap.reset();
         }},
        {"refuse", [&] { refuse(); }},
        {"deny", [&] { denial_ = word; }},
        {"admit",
         [&] {
             denial_.clear();
             admit();
         }},
        {"status", [] {}},
    };
    const auto found = verbs.find(verb);
    if (found == verbs.end()) return "no such command: " + line;
    found->second();
    return "connections=" + std::to_string(pairs_.size()) + " bytes=" + std::to_string(link.passed)
           + " turns=" + std::to_string(link.turns) + " stalled=" + (link.stalled ? "yes" : "no")
           + " admitting=" + (by_path_ ? "yes" : "no") + " trap=" + (link.trap ? "set" : "none");
}
