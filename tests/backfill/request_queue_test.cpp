// What goes out together: the rules by which requests are filled, closed, cut and put in order.
#include "request_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace backfill;

namespace {

constexpr std::size_t batch_size = 4, everything = 1000;
const RequestQueue::Clock::time_point now = RequestQueue::Clock::now();

// Rows of one job, with these ids.
struct Rows {
    explicit Rows(const std::vector<std::string> &ids) {
        Batch batch;
        for (const std::string &id : ids) batch.push_back({{id}, "{}"});
        job = std::make_unique<Job>(std::move(batch));
    }

    Request request(Step step) const {
        Request request{{}, step};
        for (std::size_t at = 0; at < job->results.size(); ++at) request.rows.push_back({job.get(), at});
        return request;
    }

    std::unique_ptr<Job> job;
};

std::string ids_of(const Request &request) {
    std::string ids;
    for (const Row &row : request.rows) ids += row.update().id.text;
    return ids;
}

// The ids of what is taken, one after the other; "nothing" if nothing is.
std::string taken(RequestQueue &queue, bool even_if_small, std::size_t most_to_write = everything,
                  RequestQueue::Clock::time_point at = now) {
    const auto request = queue.take(at, even_if_small, most_to_write);
    return request ? ids_of(*request) : "nothing";
}

} // namespace

TEST_CASE("a small request waits to be filled by the next, of the same kind, and comes in the order of the ids") {
    RequestQueue queue(batch_size);
    const Rows first({"d", "a"}), other({"x"}), second({"c", "b", "e"});
    queue.add(first.request(Step::update));
    queue.add(other.request(Step::check));
    CHECK(taken(queue, false) == "nothing");
    queue.add(second.request(Step::update));
    CHECK(taken(queue, false) == "abcd");
    CHECK(taken(queue, false) == "nothing");
    CHECK(taken(queue, true) == "x");
    CHECK(taken(queue, true) == "e");
    CHECK(taken(queue, true) == "nothing");
}

TEST_CASE("no update is filled with more than a batch, and looks with many batches") {
    RequestQueue queue(batch_size);
    const Rows full({"a", "b", "c", "d"}), more({"e", "f", "g", "h"});
    queue.add(full.request(Step::update));
    queue.add(more.request(Step::update));
    CHECK(taken(queue, false) == "abcd");
    CHECK(taken(queue, false) == "efgh");
    queue.add(full.request(Step::check));
    queue.add(more.request(Step::check));
    CHECK(taken(queue, true) == "abcdefgh");
}

TEST_CASE("an update of more rows than a batch has, such as a look may find stale, goes out in parts") {
    RequestQueue queue(batch_size);
    const Rows stale({"a", "b", "c", "d", "e", "f"});
    queue.add(stale.request(Step::update));
    CHECK(taken(queue, false) == "abcd");
    CHECK(taken(queue, false) == "ef");
}

TEST_CASE("what holds megabytes is not filled any more") {
    RequestQueue queue(batch_size);
    const Rows large({"a"}), next({"b"});
    large.job->results[0].update.metadata.assign(enough_bytes, 'x');
    queue.add(large.request(Step::check));
    queue.add(next.request(Step::check));
    CHECK(taken(queue, false) == "a");
    CHECK(taken(queue, true) == "b");
}

TEST_CASE("what an update left as it was is not mixed with what no update has seen") {
    RequestQueue queue(batch_size);
    const Rows seen({"a"}), unseen({"b"});
    Request request = seen.request(Step::check);
    request.updates = 1;
    queue.add(request);
    queue.add(unseen.request(Step::check));
    CHECK(taken(queue, true) == "a");
    CHECK(taken(queue, true) == "b");
}

TEST_CASE("what is put back comes first and takes no more rows, so that a rejected batch gets smaller") {
    RequestQueue queue(batch_size);
    const Rows rejected({"a", "b", "c"}), next({"d"});
    queue.put_back_split(rejected.request(Step::update));
    queue.add(next.request(Step::update));
    CHECK(taken(queue, false) == "a");
    CHECK(taken(queue, false) == "bc");
    CHECK(taken(queue, false) == "nothing");
    CHECK(taken(queue, true) == "d");
}

TEST_CASE("what is put last comes in halves behind all others, and takes no more rows") {
    RequestQueue queue(batch_size);
    const Rows suspects({"a", "b", "c"}), alone({"e"}), next({"d"});
    queue.put_last_split(suspects.request(Step::update));
    queue.put_last_split(alone.request(Step::update));
    queue.put_back(next.request(Step::update));
    CHECK(taken(queue, false) == "d");
    CHECK(taken(queue, false) == "a");
    CHECK(taken(queue, false) == "bc");
    CHECK(taken(queue, false) == "e");
    CHECK(taken(queue, true) == "nothing");
}

TEST_CASE("an update is cut to what may be written at once; a look is not") {
    RequestQueue queue(batch_size);
    const Rows rows({"a", "b", "c", "d"});
    queue.add(rows.request(Step::update));
    CHECK(taken(queue, false, 3) == "abc");
    CHECK(taken(queue, false, 3) == "d");
    queue.add(rows.request(Step::check));
    CHECK(taken(queue, true, 3) == "abcd");
}

TEST_CASE("rows that lie together keep their order, and to themselves; a part of them does neither") {
    RequestQueue queue(batch_size);
    const Rows others({"g"}), rows({"d", "b", "c", "a"});
    queue.add(others.request(Step::update));
    for (int batch = 0; batch < 2; ++batch) {
        Request request = rows.request(Step::update);
        request.place = Place{{1, 1}, {1, 4}};
        request.closed = true;
        queue.add(std::move(request));
    }
    const auto whole = queue.take(now, false, everything);
    CHECK(whole->place);
    CHECK(ids_of(*whole) == "dbca");
    for (const std::string ids : {"bd", "ac"}) {
        const auto part = queue.take(now, false, 2);
        CHECK_FALSE(part->place);
        CHECK(ids_of(*part) == ids);
    }
    CHECK(taken(queue, false) == "nothing");
    CHECK(taken(queue, true) == "g");
}

TEST_CASE("a look at rows that lie together is neither cut nor put in order") {
    RequestQueue queue(batch_size);
    const Rows rows(std::vector<std::string>(3000, "b"));
    Request request = rows.request(Step::compare);
    request.place = Place{{1, 1}, {40, 4}};
    request.closed = true;
    std::ranges::reverse(request.rows);
    queue.add(request);
    const auto whole = queue.take(now, false, everything);
    REQUIRE(whole);
    CHECK(whole->rows.size() == 3000);
    CHECK(whole->rows.front().at == 2999);
    queue.put_back_split(request);
    const auto half = queue.take(now, false, everything);
    REQUIRE(half);
    CHECK(half->rows.size() == 500);
    CHECK_FALSE(half->place);
}

TEST_CASE("rows that were missed go before others") {
    RequestQueue queue(batch_size);
    const Rows others({"a", "b"}), missed({"c"}), more({"d"});
    queue.add(others.request(Step::compare));
    for (const Rows *rows : {&missed, &more}) {
        Request request = rows->request(Step::compare);
        request.missed = true;
        queue.add(std::move(request));
    }
    CHECK(taken(queue, true) == "cd");
    CHECK(taken(queue, true) == "ab");
}

TEST_CASE("where batches lie is asked apart for those that are written and those that are looked at") {
    RequestQueue queue(batch_size);
    const Rows first({"a"}), second({"b"}), third({"c"});
    for (const Rows *rows : {&first, &second, &third}) {
        Request request = rows->request(Step::locate);
        request.next = rows == &second ? Step::compare : Step::update;
        queue.add(std::move(request));
    }
    CHECK(taken(queue, true) == "b");
    CHECK(taken(queue, true) == "ac");
    CHECK(taken(queue, true) == "nothing");
}

TEST_CASE("where batches lie is asked before all else, for several at a time, and for each in one request") {
    RequestQueue queue(batch_size);
    const Rows other({"x", "w", "v", "u"}), first({"d", "a"}), large(std::vector<std::string>(40, "b"));
    queue.add(other.request(Step::update));
    queue.add(first.request(Step::locate));
    CHECK(taken(queue, false) == "uvwx");
    queue.add(other.request(Step::update));
    queue.add(large.request(Step::locate));
    const auto both = queue.take(now, false, 1);
    REQUIRE(both);
    CHECK(ids_of(*both) == "da" + std::string(40, 'b'));
    CHECK(jobs_of(*both) == std::vector<Job *>{first.job.get(), large.job.get()});
    CHECK(taken(queue, false) == "uvwx");
    CHECK(taken(queue, true) == "nothing");
}

TEST_CASE("what is to wait for a moment is taken when it is due, and others before it") {
    RequestQueue queue(batch_size);
    const Rows later({"a"}), other({"b"});
    CHECK(queue.next_due(now) == RequestQueue::Clock::time_point::max());
    Request request = later.request(Step::update);
    request.not_before = now + std::chrono::seconds(1);
    queue.put_back(request);
    queue.add(other.request(Step::update));
    CHECK(queue.next_due(now) == request.not_before);
    CHECK(queue.next_due(request.not_before) == RequestQueue::Clock::time_point::max());
    CHECK(taken(queue, true) == "b");
    CHECK(taken(queue, true) == "nothing");
    CHECK(taken(queue, true, everything, request.not_before) == "a");
}

TEST_CASE("it knows of which jobs it holds rows back, and whether it has any that it does not") {
    RequestQueue queue(batch_size);
    const Rows small({"a"}), none({"b"}), full({"c", "d", "e", "f"});
    queue.add(small.request(Step::update));
    CHECK(queue.holds_back(*small.job));
    CHECK_FALSE(queue.holds_back(*none.job));
    CHECK_FALSE(queue.has_ready(now));

    Request later = full.request(Step::update);
    later.not_before = now + std::chrono::seconds(1);
    queue.put_back(later);
    CHECK_FALSE(queue.holds_back(*full.job));
    CHECK_FALSE(queue.has_ready(now));
    CHECK(queue.has_ready(later.not_before));
}
