// A terminal with a program in it, as one in front of which somebody sits: what is typed goes in as keys, what is shown is
// read.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace test {

class Terminal {
public:
    // The program sees this environment and no other.
    Terminal(const std::vector<std::string> &argv, const std::map<std::string, std::string> &environment,
             const std::string &directory);
    ~Terminal();
    Terminal(const Terminal &) = delete;
    Terminal &operator=(const Terminal &) = delete;

    void type(const std::string &keys) const;

    // What is shown until `end` is, without it. Throws if the program ends, or if it takes longer than any program should.
    std::string shown_until(const std::string &end);

private:
    void read_more();

    int terminal_ = -1;
    int pid_ = -1;
    std::string shown_;
};

} // namespace test
