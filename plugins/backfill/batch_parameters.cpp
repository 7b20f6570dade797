#include "batch_parameters.hpp"

#include "array_parameter.hpp"
#include "json_text.hpp"
#include "metadata.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace backfill {
namespace {

constexpr char jsonb_version = 1; // precedes the text of a jsonb that is sent as binary

// As jsonb keeps its keys, so that the server need not sort them.
bool precedes(const Update *a, const Update *b) {
    const std::string &one = a->id.text, &other = b->id.text;
    return one.size() != other.size() ? one.size() < other.size() : one < other;
}

const std::string &our_keys() {
    static const std::string bytes = [] {
        ArrayParameter keys(text_oid);
        for (const std::string_view key : metadata_keys) keys.add(key);
        return keys.bytes();
    }();
    return bytes;
}

} // namespace

std::vector<Parameter> BatchParameters::arrays() {
    ArrayParameter ids(text_oid), metadata(jsonb_oid);
    for (const Update *update : updates_) {
        ids.add(update->id.text);
        metadata.add(update->metadata);
    }
    ids_ = ids.bytes();
    metadata_ = metadata.bytes();
    return {{text_array_oid, ids_, true}, {jsonb_array_oid, metadata_, true}, {text_array_oid, our_keys(), true}};
}

std::vector<Parameter> BatchParameters::object() {
    constexpr std::size_t punctuation = std::string_view(R"(, "": )").size();
    std::ranges::sort(updates_, precedes);
    std::size_t size = 0;
    for (const Update *update : updates_) size += size_of(*update) + punctuation;

    metadata_.clear();
    metadata_.reserve(size + 3);
    metadata_ += jsonb_version;
    metadata_ += '{';
    for (const Update *update : updates_) {
        metadata_ += update == updates_.front() ? "\"" : ", \"";
        append_json(update->id.text, metadata_);
        metadata_ += "\": ";
        metadata_ += update->metadata;
    }
    metadata_ += '}';
    return {{jsonb_oid, metadata_, true}, {text_array_oid, our_keys(), true}};
}

} // namespace backfill
