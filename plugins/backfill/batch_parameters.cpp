#include "batch_parameters.hpp"

#include "metadata.hpp"

namespace backfill {

BatchParameters::BatchParameters() {
    for (const std::string_view key : metadata_keys) keys_.add(key);
}

void BatchParameters::add(const Update &update) {
    ids_.add(update.id.text);
    metadata_.add(update.metadata);
}

std::vector<Parameter> BatchParameters::all() {
    return {{text_array_oid, ids_.bytes(), true},
            {jsonb_array_oid, metadata_.bytes(), true},
            {text_array_oid, keys_.bytes(), true}};
}

} // namespace backfill
