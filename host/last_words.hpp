// What the user is told if a plugin's code ends the process: by a crash, or by exit(). Without it there would be a dead
// process and nobody to blame, or, worse, an exit code of 0.
#pragma once

#include <array>
#include <csignal>
#include <functional>
#include <string>

namespace host {

// At most one at a time, since signal handlers belong to the process.
class LastWords {
public:
    // Writes `line_for("crashed: Segmentation fault")` to stderr if a signal such as SIGSEGV comes, until the process has
    // ended, and lets the signal do its work. A handler that is there already (a sanitizer's, for one) stays.
    // Writes `line_for("ended the process by exit()")`, and exits with 3, if exit() is called before the end of this
    // object's life.
    explicit LastWords(const std::function<std::string(const std::string &)> &line_for);
    ~LastWords();
    LastWords(const LastWords &) = delete;
    LastWords &operator=(const LastWords &) = delete;
};

} // namespace host
