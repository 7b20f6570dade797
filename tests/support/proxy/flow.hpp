// One direction of one connection: takes bytes from one socket, keeps them as long as the link would, and hands them to
// the other. What it keeps is bounded; then it takes no more, and the sender feels it as on a full cable.
//
// The sockets are watched edge-triggered: whether one can be read or written is remembered here until it says no.
#pragma once

#include "link.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

class Flow {
public:
    Flow(int from, int to, Link &link, Lane &lane);

    void set_readable() { readable_ = true; }
    void set_writable() { writable_ = true; }

    // Each moves one piece at most, and says whether it moved anything.
    bool take();
    bool hand_on();
    void insert(std::string bytes); // behind what has been taken

    bool ended() const { return ended_; }                  // the sender's end has been handed on
    bool broken() const { return broken_; }                // one of the sockets failed
    std::optional<Clock::time_point> next_arrival() const; // of what could be handed on if it were there

private:
    struct Piece { // the sender's end is a piece without bytes
        Clock::time_point arrival;
        std::string bytes;
    };
    std::size_t piece_size() const;
    bool failed();

    int from_, to_;
    Link &link_;
    Lane &lane_;
    std::vector<char> buffer_; // that a piece is received in, to be kept in no more memory than it needs
    std::deque<Piece> pieces_;
    std::size_t kept_ = 0;      // bytes in pieces_
    std::size_t handed_on_ = 0; // bytes of the first piece
    bool readable_ = true, writable_ = true, taken_all_ = false, ended_ = false, broken_ = false;
};
