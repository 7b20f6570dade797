// Facts about the terminal, if there is one at the other end of a standard stream.
#pragma once

#include "environment.hpp"

namespace host {

class Terminal {
public:
    explicit Terminal(const Environment &environment);

    bool interactive(int stream) const; // 0, 1, 2: stdin, stdout, stderr
    bool colour(int stream) const;      // a terminal, and neither NO_COLOR nor TERM=dumb forbids it
    bool redraws(int stream) const;     // a terminal on which a line can be written over
    int columns() const;                // 80 if there is no terminal; asks each time, for windows change

private:
    bool is_dumb_;
    bool colour_allowed_;
};

} // namespace host
