// The options of a command line that is still being typed. command_line.cpp parses a finished one and says what is wrong
// with it; here nothing is ever wrong, and what is asked is what may come next.
#pragma once

#include "command_line.hpp"
#include "option.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host {

// An option's value that is written in the same word: "--sqlite=/tmp" or "-s/tmp".
struct AttachedValue {
    const Option &option;
    std::string before; // "--sqlite=", "-s"
    std::string value;
};

class UnfinishedOptions {
public:
    // `given` was so before.
    explicit UnfinishedOptions(std::vector<Option> options, std::vector<Given> given = {})
        : options_(std::move(options)), given_(std::move(given)) {}

    // Reads the next word. false: it is no option and no option's value.
    bool take(const std::string &word);

    // A word that take() did not want, as the value of an option that may be given without its name.
    void take_positional(const std::string &word);

    // Whose value the next word is; nullptr: none's.
    const Option *awaited() const { return awaited_; }

    // Whose value the next word is if it is no option; nullptr: none's.
    const Option *next_positional() const;

    // "--" was read: no option can follow.
    bool ended() const { return ended_; }

    // Those that make sense once more.
    std::vector<Option> still_possible() const;

    std::optional<AttachedValue> attached_value(const std::string &word) const;

    const std::vector<Given> &given() const { return given_; }
    std::vector<std::string> values_of(const std::string &name) const;

private:
    const Option *long_option(const std::string &name) const;
    const Option *short_option(char name) const;
    void take_long(const std::string &word);
    void take_short(const std::string &word);
    void give(const Option &option, const std::string &value) { given_.push_back({option.name, value}); }

    const std::vector<Option> options_;
    std::vector<Given> given_;
    const Option *awaited_ = nullptr;
    std::size_t positionals_ = 0;
    bool ended_ = false;
};

} // namespace host
