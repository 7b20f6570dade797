// The text of a manual page in mdoc(7), with everything that roff would take for its own escaped. What is given to it comes
// from manifests, which anybody may have written: none of it can become a macro, an escape or a line of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace host {

class Mdoc {
public:
    // ".Sh NAME". What stands in a macro's line is written by the caller, with argument() around what is not its own.
    Mdoc &macro(const std::string &line);

    // Running text.
    Mdoc &text(const std::string &text);

    // A line as it is, within ".Bd -literal".
    Mdoc &literal(const std::string &line);

    const std::string &source() const { return source_; }

private:
    std::string source_;
};

// One argument of a macro.
std::string argument(std::string_view text);

// Arguments of a macro, one for each word: where programs that read the source take quotes for a part of it.
std::string arguments(const std::string &text);

} // namespace host
