// The text of a checkpoint, which decides where a run goes on: what is accepted is written again as it was meant.
#include "checkpoint.hpp"

#include "fuzz.hpp"

#include <stdexcept>

using namespace backfill;
using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    try {
        const Checkpoint checkpoint = parse_checkpoint(fuzz::text_of(data, size));
        const Tally &tally = checkpoint.tally;
        expect(tally.updated >= 0 && tally.unchanged >= 0 && tally.no_vector >= 0 && tally.failed >= 0, "counts count");
        const std::string written = to_text(checkpoint);
        expect(parse_checkpoint(written) == checkpoint, "what is written is read again", written);
    } catch (const std::invalid_argument &error) {
        expect(*error.what() != '\0', "a refusal has a reason");
    }
    return 0;
}
