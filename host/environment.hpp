// The environment as a value, so that what depends on it can be tested without changing the process's own.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace host {

class Environment {
public:
    explicit Environment(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}

    // A variable that is empty counts as not set.
    std::optional<std::string> get(const std::string &name) const {
        const auto found = variables_.find(name);
        if (found == variables_.end() || found->second.empty()) return std::nullopt;
        return found->second;
    }

private:
    std::map<std::string, std::string> variables_;
};

} // namespace host
