// The file of --only-ids, a plain list or a report, and the report's records: an id comes back as the bytes that it was.
#include "id_list.hpp"

#include "failure.hpp"
#include "file_error.hpp"
#include "memory_file.hpp"

using namespace backfill;
using fuzz::expect;

namespace {

std::vector<EventId> ids_in(const fuzz::MemoryFile &file, bool &is_report) {
    IdList list(file.path());
    std::vector<EventId> ids;
    while (auto id = list.next()) ids.push_back(std::move(*id));
    is_report = list.is_report();
    return ids;
}

// Every line of a plain list that is not empty is an id, and nothing else is.
std::vector<EventId> plain_ids(std::string_view text) {
    std::vector<EventId> ids;
    for (std::string &line : fuzz::lines_of(text)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) ids.push_back({std::move(line)});
    }
    return ids;
}

void expect_read_as_written(const fuzz::MemoryFile &file, std::string_view text) {
    file.set_content(text);
    bool is_report = false;
    try {
        const auto ids = ids_in(file, is_report);
        if (!is_report) expect(ids == plain_ids(text), "a plain list is taken as it stands", text);
    } catch (const FileError &error) {
        expect(*error.what() != '\0', "a refusal has a reason");
    }
}

// The whole input is an id, and its own reason.
void expect_kept_in_a_report(const fuzz::MemoryFile &file, std::string_view text) {
    const Failure failure{EventId{std::string(text)}, FailureKind::rejected, std::string(text)};
    const std::string record = to_record(failure);
    expect(record.find('\n') == record.size() - 1, "a record is one line", record);
    file.set_content(record + record);
    bool is_report = false;
    const auto ids = ids_in(file, is_report);
    expect(is_report, "a report is known as one", record);
    expect(ids == std::vector<EventId>{failure.id, failure.id}, "a report gives back the ids", record);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static const fuzz::MemoryFile file;
    expect_read_as_written(file, fuzz::text_of(data, size));
    expect_kept_in_a_report(file, fuzz::text_of(data, size));
    return 0;
}
