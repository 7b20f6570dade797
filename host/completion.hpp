// What a shell may offer for the word that is being typed. Made from the manifests alone: no plugin is loaded, and one
// that is dropped in is completed at once, for the shells' scripts know nothing and ask here each time.
#pragma once

#include "catalog.hpp"
#include "environment.hpp"
#include "option.hpp"

#include <string>
#include <vector>

namespace host {

struct Candidate {
    std::string word;
    std::string description = {};
};

struct Completions {
    std::string before = {}; // the part of the word that stays: "--sqlite="
    std::vector<Candidate> candidates =
        {};                              // for the rest of it; all that could stand there, for the shell to select from
    Completion paths = Completion::none; // whether the shell shall offer files as well: it knows them better
};

// A command line, without the program's name, as far as it has been typed.
struct TypedLine {
    std::vector<std::string> finished; // words
    std::string current;               // the word at whose end the cursor is
};

// The values of --plugin-dir that the line gives to pcasctl.
std::vector<std::string> plugin_directories(const TypedLine &line);

// Throws Error where the line names a command that is not there or cannot be used.
Completions complete(const TypedLine &line, const Catalog &catalog);

// "files", "directories" or "words", a tab, and what stays of the word; then a line for each candidate: the word, a tab,
// and its description. Candidates with control characters, for which there is no room here, are left out.
std::string as_lines(const Completions &completions);

} // namespace host
