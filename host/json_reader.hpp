// Reads members of JSON that may have any shape, and says of a wrong one where it stands: "options[2].help: must be a
// text".
#pragma once

#include "error.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host {

// Left by JsonReader when something is wrong; parse_manifest() turns it into a Refusal.
class WrongManifest : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// One object and its place in the whole. Borrows the object.
class JsonReader {
public:
    // Throws WrongManifest if `value` is not an object.
    JsonReader(const nlohmann::json &value, std::string place);

    bool has(const char *name) const {
        asked_for_.push_back(name);
        return value_.contains(name);
    }
    std::string required_text(const char *name) const; // not empty
    std::string text(const char *name, const std::string &otherwise) const;
    std::optional<std::string> optional_text(const char *name) const;
    bool truth(const char *name) const; // false if absent
    std::int64_t integer(const char *name) const;
    double number(const char *name) const;
    std::vector<std::string> texts(const char *name) const;  // empty if absent
    std::vector<JsonReader> objects(const char *name) const; // empty if absent

    // Members that nobody has asked for, each with its place and the nearest name that was asked for.
    std::vector<std::string> unknown_members() const;

    [[noreturn]] void wrong(std::string_view member, const std::string &what) const;

private:
    std::string place_of(std::string_view member) const;
    std::string checked_text(const nlohmann::json &value, const std::string &place) const;
    const nlohmann::json &array(const char *name) const;

    const nlohmann::json &value_;
    std::string place_;
    mutable std::vector<const char *> asked_for_;
};

// The whole text as JSON. Throws WrongManifest if it is not, or is nested so deeply that it can be no manifest.
nlohmann::json read_json(std::string_view text);

} // namespace host
