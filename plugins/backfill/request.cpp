#include "request.hpp"

#include <algorithm>

namespace backfill {

void sort_by_id(std::vector<Row> &rows) {
    const auto earlier = [](const Row &a, const Row &b) { return a.update().id < b.update().id; };
    if (!std::is_sorted(rows.begin(), rows.end(), earlier)) std::sort(rows.begin(), rows.end(), earlier);
}

std::vector<Row> all_rows(Job &job) {
    std::vector<Row> rows;
    rows.reserve(job.results.size());
    for (std::size_t at = 0; at < job.results.size(); ++at) rows.push_back({&job, at});
    return rows;
}

std::vector<Job *> jobs_of(const Request &request) {
    std::vector<Job *> jobs;
    for (const Row &row : request.rows)
        if (jobs.empty() || jobs.back() != row.job) jobs.push_back(row.job);
    return jobs;
}

} // namespace backfill
