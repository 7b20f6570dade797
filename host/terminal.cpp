#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace host {

Terminal::Terminal(const Environment &environment)
    : is_dumb_(environment.get("TERM").value_or("dumb") == "dumb"),
      colour_allowed_(!is_dumb_ && !environment.get("NO_COLOR")) {}

bool Terminal::interactive(int stream) const {
    return stream >= 0 && stream <= 2 && ::isatty(stream) == 1;
}

bool Terminal::colour(int stream) const {
    return colour_allowed_ && interactive(stream);
}

bool Terminal::redraws(int stream) const {
    return !is_dumb_ && interactive(stream);
}

int Terminal::columns() const {
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
        winsize size = {};
        if (::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    }
    return 80;
}

} // namespace host
