// Reads members of JSON that may have any shape, and says of a wrong one where it stands: "options[2].help: must be a
// text". A listing reads the manifest of every plugin there is, so this takes care to be quick: simdjson parses, and a
// place is put into words only when something is wrong there.
#pragma once

#include "error.hpp"

#include <simdjson.h>

#include <cstdint>
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

// A text as JSON. Owns what its readers borrow.
class JsonDocument {
public:
    // Throws WrongManifest if the text is not JSON, or is nested so deeply that it can be no manifest.
    explicit JsonDocument(std::string_view text);

    simdjson::dom::element root() const { return root_; }

private:
    simdjson::dom::parser parser_;
    simdjson::dom::element root_;
};

// One object and its place in the whole. Borrows the document, the names that it is asked for, and the reader of the
// object around it.
class JsonReader {
public:
    // Throws WrongManifest if the document is not an object.
    explicit JsonReader(const JsonDocument &document) : JsonReader(document.root(), {}) {}

    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::string required_text(std::string_view name) const; // not empty
    std::string text(std::string_view name, std::string_view otherwise) const;
    std::optional<std::string> optional_text(std::string_view name) const;
    bool truth(std::string_view name) const; // false if absent
    std::int64_t integer(std::string_view name) const;
    double number(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;  // empty if absent
    std::vector<JsonReader> objects(std::string_view name) const; // empty if absent

    // Members that nobody has asked for, each with its place and the nearest name that was asked for.
    std::vector<std::string> unknown_members() const;

    [[noreturn]] void wrong(std::string_view member, std::string_view what) const;

private:
    // The element `index` of the array `member` of `around`; the whole if there is nothing around it.
    struct Place {
        const JsonReader *around = nullptr;
        std::string_view member = {};
        std::size_t index = 0;
        std::string in_words() const;
    };
    struct Member {
        std::string_view name;
        simdjson::dom::element value;
        mutable bool asked_for = false;
    };

    JsonReader(simdjson::dom::element value, const Place &place);
    const Member *find(std::string_view name) const;
    const Member &required(std::string_view name) const;
    std::optional<simdjson::dom::array> array(std::string_view name) const;
    std::string place_of(std::string_view member) const;

    Place place_;
    std::vector<Member> members_;
    mutable std::vector<std::string_view> asked_for_;
};

} // namespace host
