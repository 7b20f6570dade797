#include "json_reader.hpp"

#include "escape.hpp"
#include "suggest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace host {
namespace {

// How many objects and arrays that hold something may stand in one another.
constexpr int deepest = 16;

// Some thirty characters around a mistake.
std::string excerpt(std::string_view text, std::size_t mistake) {
    constexpr std::size_t before = 15, longest_character = 4, characters = 30;
    std::size_t begin = std::min(mistake, text.size());
    begin -= std::min(begin, before);
    for (std::size_t i = 1; i < longest_character && begin > 0 && character_length(text.substr(begin)) == 0; ++i)
        ++begin;
    std::size_t end = begin;
    for (std::size_t i = 0; i < characters && end < text.size(); ++i)
        end += std::max<std::size_t>(character_length(text.substr(end)), 1);
    return escape(text.substr(begin, end - begin));
}

[[noreturn]] void not_json(std::string_view text, std::size_t byte) {
    const std::string around = excerpt(text, byte - std::min<std::size_t>(byte, 1));
    throw WrongManifest(fmt::format("the manifest is not JSON (at byte {}{})", byte,
                                    around.empty() ? "" : fmt::format(", in '{}'", around)));
}

// The slow way, which says where a mistake stands. Comes back if there is none.
nlohmann::json read_slowly(std::string_view text) {
    const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json &) {
        if (depth > deepest) throw WrongManifest("the manifest is nested too deeply");
        return true;
    };
    try {
        return nlohmann::json::parse(text, shallow);
    } catch (const nlohmann::json::parse_error &error) {
        not_json(text, error.byte);
    } catch (const nlohmann::json::exception &error) {
        throw WrongManifest(fmt::format("the manifest is not JSON ({})", escape(error.what())));
    }
}

// Text goes through C strings, where a NUL would end it early and make two different names look the same. `refuse` is
// told what is wrong.
template <class Refuse>
std::string checked_text(simdjson::dom::element value, Refuse refuse) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) refuse("must be a text");
    if (text.find('\0') != std::string_view::npos) refuse("holds a NUL character");
    return std::string(text);
}

} // namespace

// simdjson takes a tenth of the time, but does not say where a mistake stands. What it cannot read is either no JSON, or
// has a byte order mark or a whole number of more than 64 bits: then it is written anew without them.
JsonDocument::JsonDocument(std::string_view text) {
    if (parser_.allocate(text.size(), deepest + 1) == simdjson::SUCCESS
        && parser_.parse(text.data(), text.size()).get(root_) == simdjson::SUCCESS)
        return;
    const auto error = parser_.parse(read_slowly(text).dump()).get(root_);
    if (error != simdjson::SUCCESS)
        throw WrongManifest(fmt::format("the manifest cannot be read: {}", simdjson::error_message(error)));
}

JsonReader::JsonReader(simdjson::dom::element value, const Place &place) : place_(place) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS)
        throw WrongManifest((place_.around == nullptr ? "the manifest" : place_.in_words()) + ": must be an object");
    members_.reserve(object.size());
    for (const auto &[name, member] : object) members_.push_back({name, member});
}

std::string JsonReader::Place::in_words() const {
    return around == nullptr ? "" : fmt::format("{}[{}]", around->place_of(member), index);
}

std::string JsonReader::place_of(std::string_view member) const {
    return place_.around == nullptr ? std::string(member) : fmt::format("{}.{}", place_.in_words(), member);
}

void JsonReader::wrong(std::string_view member, std::string_view what) const {
    throw WrongManifest(fmt::format("{}: {}", place_of(member), what));
}

// Of two members with the same name the last counts.
const JsonReader::Member *JsonReader::find(std::string_view name) const {
    constexpr std::size_t names = 32; // as many as an option is asked for, and a few more
    if (asked_for_.empty()) asked_for_.reserve(names);
    asked_for_.push_back(name);
    const auto found =
        std::find_if(members_.rbegin(), members_.rend(), [name](const Member &member) { return member.name == name; });
    if (found == members_.rend()) return nullptr;
    found->asked_for = true;
    return &*found;
}

const JsonReader::Member &JsonReader::required(std::string_view name) const {
    const Member *member = find(name);
    if (member == nullptr) wrong(name, "is missing");
    return *member;
}

std::string JsonReader::required_text(std::string_view name) const {
    std::string text =
        checked_text(required(name).value, [this, name](std::string_view mistake) { wrong(name, mistake); });
    if (text.empty()) wrong(name, "is empty");
    return text;
}

std::optional<std::string> JsonReader::optional_text(std::string_view name) const {
    const Member *member = find(name);
    if (member == nullptr) return std::nullopt;
    return checked_text(member->value, [this, name](std::string_view mistake) { wrong(name, mistake); });
}

std::string JsonReader::text(std::string_view name, std::string_view otherwise) const {
    return has(name) ? required_text(name) : std::string(otherwise);
}

bool JsonReader::truth(std::string_view name) const {
    const Member *member = find(name);
    bool truth = false;
    if (member != nullptr && member->value.get(truth) != simdjson::SUCCESS) wrong(name, "must be true or false");
    return truth;
}

std::int64_t JsonReader::integer(std::string_view name) const {
    std::int64_t integer = 0;
    if (required(name).value.get(integer) != simdjson::SUCCESS) wrong(name, "must be a whole number");
    return integer;
}

double JsonReader::number(std::string_view name) const {
    double number = 0;
    if (required(name).value.get(number) != simdjson::SUCCESS) wrong(name, "must be a number");
    return number;
}

std::optional<simdjson::dom::array> JsonReader::array(std::string_view name) const {
    const Member *member = find(name);
    if (member == nullptr) return std::nullopt;
    simdjson::dom::array array;
    if (member->value.get(array) != simdjson::SUCCESS) wrong(name, "must be an array");
    return array;
}

std::vector<std::string> JsonReader::texts(std::string_view name) const {
    std::vector<std::string> texts;
    const auto elements = array(name);
    if (!elements) return texts;
    texts.reserve(elements->size());
    const auto refuse = [&](std::string_view mistake) { wrong(fmt::format("{}[{}]", name, texts.size()), mistake); };
    for (const simdjson::dom::element element : *elements) texts.push_back(checked_text(element, refuse));
    return texts;
}

std::vector<JsonReader> JsonReader::objects(std::string_view name) const {
    std::vector<JsonReader> objects;
    const auto elements = array(name);
    if (!elements) return objects;
    objects.reserve(elements->size());
    for (const simdjson::dom::element element : *elements)
        objects.push_back(JsonReader(element, {this, name, objects.size()}));
    return objects;
}

std::vector<std::string> JsonReader::unknown_members() const {
    std::vector<std::string_view> names;
    names.reserve(members_.size());
    for (const Member &member : members_)
        if (!member.asked_for && std::find(asked_for_.begin(), asked_for_.end(), member.name) == asked_for_.end())
            names.push_back(member.name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());

    std::vector<std::string> unknown;
    unknown.reserve(names.size());
    const std::vector<std::string> known(names.empty() ? asked_for_.end() : asked_for_.begin(), asked_for_.end());
    for (const std::string_view name : names) unknown.push_back(escape(place_of(name)) + did_you_mean(name, known));
    return unknown;
}

} // namespace host
