#include "vector_store.hpp"

#include "place.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace backfill {
namespace {

// Enough to fill a slow link, little enough to keep memory small and a stop short.
constexpr std::size_t most_events_on_a_lane = 8192;
constexpr std::size_t most_requests_on_a_lane = 64;
constexpr std::size_t most_bytes_on_a_lane = 2 * enough_bytes;

// Where rows lie together, whole pages are read for them.
constexpr std::size_t fewest_together = 32;
// Where the link is slower it is the limit, not the server: a batch then has one round trip less ahead of it.
constexpr std::chrono::milliseconds slow_link{30};

std::vector<Row> samples_of(Job &job) {
    std::vector<Row> samples = all_rows(job);
    std::erase_if(samples, [&](const Row &row) { return !is_sample(row.at, job.results.size()); });
    return samples;
}

} // namespace

VectorStore::VectorStore(Settings settings, const Stop &stop, Warn warn)
    : settings_(std::move(settings)), stop_(stop), warn_(std::move(warn)), statements_(settings_.table, seed_),
      access_(settings_.table, settings_.mode, settings_.retries, settings_.timeouts.lock_in_query(), stop_, warn_),
      lanes_(
          {settings_.conninfo, settings_.timeouts, settings_.mode == Mode::dry_run, settings_.connections,
           settings_.retries},
          statements_, stop_, warn_, [this](Lane &lane) { greet(lane); },
          [this](LostWork work) { take_back(std::move(work)); }),
      waiting_(settings_.batch_size), course_(settings_.mode, settings_.target_time) {
    lanes_.open_first();
}

VectorStore::~VectorStore() = default;

// ---- Batches in, results out ----------------------------------------------------------------------------------------

// The first batch goes alone: what comes of it tells how to begin with the others.
bool VectorStore::has_room_for(std::size_t events) const {
    const bool few = jobs_.size() <= lanes_.most(); // so that no connection has to wait for large batches
    const bool small = jobs_.size() < most_requests_on_a_lane * lanes_.most()
                       && events_in_jobs_ + events <= most_on_a_lane(course_.first_step()) * lanes_.most()
                       && bytes_in_jobs_ <= most_bytes_on_a_lane * lanes_.most();
    return jobs_.empty() || (course_.is_set() && (few || small));
}

std::size_t VectorStore::most_on_a_lane(Step step) const {
    return static_cast<std::size_t>(std::min<std::uint64_t>(most_events_on_a_lane, course_.most_on_a_lane(step)));
}

void VectorStore::submit(Batch batch) {
    ++batches_;
    events_in_jobs_ += batch.size();
    jobs_.push_back(std::make_unique<Job>(std::move(batch)));
    Job &job = *jobs_.back();
    bytes_in_jobs_ += job.bytes;
    if (job.open == 0) return;

    const Step step = course_.first_step();
    if (step == Step::compare) // computed at once, as long as the metadata are in the processor's cache
        for (const UpdateResult &result : job.results)
            job.fingerprints.push_back(fingerprints_.of(result.update.metadata));
    if (is_to_be_located(job, step))
        waiting_.add({.rows = samples_of(job), .step = Step::locate, .next = step});
    else
        waiting_.add({all_rows(job), step});
    send_ready(false);
    wait_for_answers(Clock::now()); // takes in what is here: a server that cannot get rid of its answers stands still
}

bool VectorStore::is_to_be_located(const Job &job, Step step) const {
    const std::size_t rows = job.results.size();
    const bool is_cut = step == Step::update && rows > course_.most_rows();
    return step != Step::check && !is_cut && rows >= fewest_together && course_.is_set()
           && course_.rows_lie_together(step) && access_.is_one_heap() && lanes_.round_trip() < slow_link;
}

BatchResult VectorStore::wait(bool more) {
    while (jobs_.front()->open > 0) {
        lanes_.connect_again();
        const auto doubt_again_at = access_.in_doubt() ? resolve_doubt() : Clock::time_point::max();
        send_ready(waiting_.holds_back(*jobs_.front()));
        send_flushes(more && course_.is_set());
        wait_for_answers(std::min(lanes_.next_attempt(), doubt_again_at));
    }
    BatchResult results = std::move(jobs_.front()->results);
    bytes_in_jobs_ -= jobs_.front()->bytes;
    events_in_jobs_ -= results.size();
    jobs_.pop_front();
    return results;
}

// What is on its way comes back, if it does so soon; what was written is made durable, if it can be. The rest of what is
// open is left for another run.
BatchResult VectorStore::rescue() noexcept {
    const auto latest = Clock::now() + std::chrono::seconds(5);
    due_until_ = Clock::time_point::max(); // nothing is sent any more
    while (lanes_.any_busy() && Clock::now() < latest) {
        try {
            wait_for_answers(latest);
        } catch (const StoreError &) { // there is one already that ends the run
        }
    }
    for (const auto &lane : lanes_) {
        if (!lane->is_up() || !lane->idle() || lane->unflushed.empty()) continue;
        try {
            lane->connection().query(statements_.flush.text);
            settle_flush(*lane);
        } catch (const StoreError &) { // the others may still be able to
        }
    }
    BatchResult known;
    for (const auto &job : jobs_)
        for (std::size_t row = 0; row < job->results.size(); ++row)
            if (!job->is_open[row]) known.push_back(std::move(job->results[row]));
    return known;
}

// ---- Requests out ---------------------------------------------------------------------------------------------------

// When the user wants to stop, all that waits for its moment is due.
void VectorStore::send_ready(bool even_if_small) {
    const bool stopping = stop_.requested();
    due_until_ = stopping ? Clock::time_point::max() : Clock::now();
    while (!access_.in_doubt()) {
        auto request = waiting_.take(due_until_, even_if_small || stopping, course_.most_rows());
        if (!request) return;
        Lane *lane = lane_with_room(*request);
        if (lane == nullptr) return waiting_.put_back(std::move(*request));
        send(*lane, std::move(*request));
    }
}

// Another connection is opened when there is work for it, so that a small run has one.
Lane *VectorStore::lane_with_room(const Request &request) {
    Lane *best = lanes_.least_busy();
    if (best == nullptr || best->idle()) return best;
    const bool half_full = events_in_jobs_ > most_on_a_lane(course_.first_step()) / 2 * lanes_.size()
                           || jobs_.size() > most_requests_on_a_lane / 2 * lanes_.size();
    if (half_full)
        if (Lane *added = lanes_.open_another()) return added;
    best = lanes_.least_busy_that_takes_more();
    if (best == nullptr) return nullptr;
    if (request.step == Step::locate) return best;
    const Lane::Load load = best->load(request.step == Step::update);
    const std::size_t rows = request.rows.size();
    const std::size_t share = request.place ? 2 : 1; // the other half is being located behind it
    const bool has_room = best->requests_on_their_way() < most_requests_on_a_lane / share
                          && best->events_on_their_way() + rows <= most_events_on_a_lane / share
                          && load.events + rows <= most_on_a_lane(request.step);
    return has_room || load.requests < 2 ? best : nullptr;
}

void VectorStore::send(Lane &lane, Request request) {
    auto refused = lane.send(std::move(request));
    if (!refused) {
        // The first updates are followed by a flush.
        const auto question = course_.is_set()
                                  ? lane.unflushed.due_question(most_on_a_lane(Step::update), most_requests_on_a_lane)
                                  : std::nullopt;
        if (question) refused = lane.send({{}, *question});
        if (!refused) return;
    } else {
        waiting_.put_back(std::move(*refused));
    }
    lanes_.lost(lane, lane.last_error());
}

// Where the oldest batch waits for nothing but to be durable, nothing is to be sent after which that would be asked, and no
// answer is to come that may tell. Where nothing more is to come for now, right behind the last updates, but once: what has
// to be sent again is often the half of what was rejected.
void VectorStore::send_flushes(bool more) {
    if (waiting_.has_ready(due_until_)) return;
    const Job &oldest = *jobs_.front();
    const bool is_waited_for = oldest.open > 0 && oldest.open == oldest.unflushed;
    for (const auto &lane : lanes_) {
        if (!lane->is_up()) continue;
        const bool has_written = is_waited_for && !lane->unflushed.empty() && !lane->unflushed.is_asked();
        const bool is_at_end = !more && lane->flushed_behind < batches_ && lane->unflushed.has_no_flush_behind()
                               && lane->load(false).requests == 0;
        if (!has_written && !is_at_end) continue;
        if (is_at_end) lane->flushed_behind = batches_;
        if (lane->send({{}, Step::flush})) return lanes_.lost(*lane, lane->last_error());
    }
}

} // namespace backfill
