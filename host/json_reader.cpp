#include "json_reader.hpp"

#include "escape.hpp"
#include "suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace host {

JsonReader::JsonReader(const nlohmann::json &value, std::string place) : value_(value), place_(std::move(place)) {
    if (!value.is_object()) throw WrongManifest((place_.empty() ? "the manifest" : place_) + ": must be an object");
}

std::string JsonReader::place_of(std::string_view member) const {
    return place_.empty() ? std::string(member) : fmt::format("{}.{}", place_, member);
}

void JsonReader::wrong(std::string_view member, const std::string &what) const {
    throw WrongManifest(fmt::format("{}: {}", place_of(member), what));
}

// Text goes through C strings, where a NUL would end it early and make two different names look the same.
std::string JsonReader::checked_text(const nlohmann::json &value, const std::string &place) const {
    if (!value.is_string()) throw WrongManifest(place + ": must be a text");
    auto text = value.get<std::string>();
    if (text.find('\0') != std::string::npos) throw WrongManifest(place + ": holds a NUL character");
    return text;
}

std::string JsonReader::required_text(const char *name) const {
    if (!has(name)) wrong(name, "is missing");
    std::string text = checked_text(value_.at(name), place_of(name));
    if (text.empty()) wrong(name, "is empty");
    return text;
}

std::optional<std::string> JsonReader::optional_text(const char *name) const {
    if (!has(name)) return std::nullopt;
    return checked_text(value_.at(name), place_of(name));
}

std::string JsonReader::text(const char *name, const std::string &otherwise) const {
    return has(name) ? required_text(name) : otherwise;
}

bool JsonReader::truth(const char *name) const {
    if (!has(name)) return false;
    if (!value_.at(name).is_boolean()) wrong(name, "must be true or false");
    return value_.at(name).get<bool>();
}

std::int64_t JsonReader::integer(const char *name) const {
    if (!has(name)) wrong(name, "is missing");
    const nlohmann::json &value = value_.at(name);
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
    if (!value.is_number_integer() || too_large) wrong(name, "must be a whole number");
    return value.get<std::int64_t>();
}

double JsonReader::number(const char *name) const {
    if (!value_.at(name).is_number()) wrong(name, "must be a number");
    return value_.at(name).get<double>();
}

const nlohmann::json &JsonReader::array(const char *name) const {
    static const nlohmann::json none = nlohmann::json::array();
    if (!has(name)) return none;
    if (!value_.at(name).is_array()) wrong(name, "must be an array");
    return value_.at(name);
}

std::vector<std::string> JsonReader::texts(const char *name) const {
    std::vector<std::string> texts;
    for (const auto &element : array(name))
        texts.push_back(checked_text(element, fmt::format("{}[{}]", place_of(name), texts.size())));
    return texts;
}

std::vector<JsonReader> JsonReader::objects(const char *name) const {
    std::vector<JsonReader> objects;
    for (const auto &element : array(name))
        objects.emplace_back(element, fmt::format("{}[{}]", place_of(name), objects.size()));
    return objects;
}

std::vector<std::string> JsonReader::unknown_members() const {
    std::vector<std::string> unknown;
    for (const auto &[name, value] : value_.items()) {
        const auto is_it = [&known_name = name](const char *asked_for) { return known_name == asked_for; };
        if (std::any_of(asked_for_.begin(), asked_for_.end(), is_it)) continue;
        const std::vector<std::string> names(asked_for_.begin(), asked_for_.end());
        unknown.push_back(escape(place_of(name)) + did_you_mean(name, names));
    }
    return unknown;
}

nlohmann::json read_json(std::string_view text) {
    constexpr int deepest = 16;
    const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json &) {
        if (depth > deepest) throw WrongManifest("the manifest is nested too deeply");
        return true;
    };
    try {
        return nlohmann::json::parse(text, shallow);
    } catch (const nlohmann::json::parse_error &error) {
        throw WrongManifest(fmt::format("the manifest is not JSON (at byte {})", error.byte));
    } catch (const nlohmann::json::exception &error) {
        throw WrongManifest(fmt::format("the manifest is not JSON ({})", escape(error.what())));
    }
}

} // namespace host
