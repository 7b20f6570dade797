#include "request_queue.hpp"

#include <algorithm>
#include <utility>

namespace backfill {
namespace {

// Of rows in one look. More are hardly any cheaper, and a server can't get rid of a large answer while we do something else.
constexpr std::size_t most_to_look_at = 500;

// Likewise, in one question where batches lie: of a good thousand events. It is never cut, so that a batch is in one.
constexpr std::size_t enough_samples = 32;

std::size_t bytes_in(const Request &request) {
    std::size_t bytes = 0;
    for (const Row &row : request.rows) bytes += size_of(row.update());
    return bytes;
}

// A part is sent because of trouble, or because the server is slow: reading whole pages for it does not pay.
Request part_of(Request request, std::vector<Row> rows) {
    request.rows = std::move(rows);
    request.place.reset();
    sort_by_id(request.rows);
    return request;
}

} // namespace

std::size_t RequestQueue::capacity(Step step) const {
    if (step == Step::locate) return enough_samples;
    return step == Step::update ? batch_size_ : std::max(most_to_look_at, batch_size_);
}

bool RequestQueue::may_be_filled(const Request &request) const {
    return !request.closed && request.rows.size() < capacity(request.step) && bytes_in(request) < enough_bytes;
}

bool RequestQueue::holds_back(const Job &job) const {
    return std::any_of(requests_.begin(), requests_.end(), [&](const Request &request) {
        return !request.closed && std::any_of(request.rows.begin(), request.rows.end(), [&job](const Row &row) {
            return row.job == &job;
        });
    });
}

bool RequestQueue::is_ready(const Request &request, Clock::time_point now, bool even_if_small) const {
    return request.not_before <= now && (even_if_small || !may_be_filled(request));
}

bool RequestQueue::has_ready(Clock::time_point now) const {
    return std::ranges::any_of(requests_, [&](const Request &request) { return is_ready(request, now, false); });
}

RequestQueue::Clock::time_point RequestQueue::next_due(Clock::time_point now) const {
    auto next = Clock::time_point::max();
    for (const Request &request : requests_)
        if (request.not_before > now) next = std::min(next, request.not_before);
    return next;
}

void RequestQueue::add(Request request) {
    const auto done = [&request] { return request.closed || request.rows.empty(); };
    for (auto other = requests_.rbegin(); other != requests_.rend() && !done(); ++other) {
        const bool alike = other->step == request.step && other->updates == request.updates
                           && other->compared == request.compared && other->missed == request.missed
                           && other->next == request.next;
        if (!alike || !may_be_filled(*other)) continue;
        const std::size_t room = capacity(other->step) - other->rows.size();
        const std::size_t most = request.step == Step::locate ? request.rows.size() : room;
        const auto moved = static_cast<std::ptrdiff_t>(std::min(most, request.rows.size()));
        other->rows.insert(other->rows.end(), request.rows.begin(), request.rows.begin() + moved);
        request.rows.erase(request.rows.begin(), request.rows.begin() + moved);
    }
    if (request.rows.empty()) return;
    if (request.step == Step::locate || request.missed)
        requests_.push_front(std::move(request));
    else
        requests_.push_back(std::move(request));
}

void RequestQueue::put_back(Request request) {
    request.closed = true;
    requests_.push_front(std::move(request));
}

void RequestQueue::put_back_split(const Request &request) {
    Halves both = halves(request);
    put_back(std::move(both.second));
    put_back(std::move(both.first));
}

void RequestQueue::put_last_split(const Request &request) {
    Halves both = halves(request);
    for (Request *half : {&both.first, &both.second}) {
        half->closed = true;
        if (!half->rows.empty()) requests_.push_back(std::move(*half));
    }
}

// Of one row the first is empty.
RequestQueue::Halves RequestQueue::halves(const Request &request) {
    const auto middle = request.rows.begin() + static_cast<std::ptrdiff_t>(request.rows.size() / 2);
    return {part_of(request, {request.rows.begin(), middle}), part_of(request, {middle, request.rows.end()})};
}

std::optional<Request> RequestQueue::take(Clock::time_point now, bool even_if_small, std::size_t most_to_write) {
    const auto ready =
        std::ranges::find_if(requests_, [&](const Request &request) { return is_ready(request, now, even_if_small); });
    if (ready == requests_.end()) return std::nullopt;
    Request request = std::move(*ready);
    requests_.erase(ready);
    if (request.step == Step::locate || (request.step == Step::compare && request.place)) return request; // whole
    if (!request.place) sort_by_id(request.rows);
    const std::size_t most = capacity(request.step);
    cut(request, request.step == Step::update ? std::min(most, most_to_write) : most);
    return request;
}

// What is left over comes next.
void RequestQueue::cut(Request &request, std::size_t most) {
    if (request.rows.size() <= most) return;
    const auto middle = request.rows.begin() + static_cast<std::ptrdiff_t>(most);
    put_back(part_of(request, {middle, request.rows.end()}));
    request = part_of(request, {request.rows.begin(), middle});
}

} // namespace backfill
