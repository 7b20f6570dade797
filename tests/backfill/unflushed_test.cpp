// Which rows are on the server's disk for certain, by what the server says of its log.
#include "unflushed.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <vector>

using namespace backfill;

namespace {

struct Written {
    void write(std::size_t count) {
        for (std::size_t row = 0; row < count; ++row) unflushed.add({nullptr, next++});
    }
    std::vector<std::size_t> flushed(std::uint64_t end, std::uint64_t flushed_to) {
        return numbers(unflushed.take_flushed(end, flushed_to));
    }
    static std::vector<std::size_t> numbers(const std::vector<Row> &rows) {
        std::vector<std::size_t> all;
        all.reserve(rows.size());
        for (const Row &row : rows) all.push_back(row.at);
        return all;
    }

    Unflushed unflushed;
    std::size_t next = 0;
};

using Numbers = std::vector<std::size_t>;

} // namespace

TEST_CASE("rows are on the disk when the log is, as far as it reached when they were there") {
    Written written;
    written.write(2);
    CHECK(written.flushed(100, 0) == Numbers{});
    written.write(3);
    CHECK(written.flushed(200, 99) == Numbers{});
    CHECK(written.flushed(200, 100) == Numbers{0, 1});
    written.write(1);
    CHECK(written.flushed(300, 250) == Numbers{2, 3, 4});
    CHECK_FALSE(written.unflushed.empty());
    CHECK(written.flushed(400, 400) == Numbers{5});
    CHECK(written.unflushed.empty());
}

TEST_CASE("where the log is flushed at once, so are the rows") {
    Written written;
    written.write(2);
    CHECK(written.flushed(100, 100) == Numbers{0, 1});
    CHECK(written.flushed(100, 100) == Numbers{});
}

TEST_CASE("what was flushed, or lost with its connection, is forgotten") {
    Written written;
    written.write(2);
    CHECK(written.flushed(100, 0) == Numbers{});
    CHECK(Written::numbers(written.unflushed.take_all()) == Numbers{0, 1});
    written.write(1);
    CHECK(written.flushed(200, 150) == Numbers{});
    CHECK(written.flushed(200, 200) == Numbers{2});
}

TEST_CASE("it is asked again and again while updates are sent, and to flush only for half of what may be on its way") {
    Unflushed unflushed;
    const auto update = [](std::size_t rows) { return Request{std::vector<Row>(rows, Row{nullptr, 0}), Step::update}; };
    const auto due = [&unflushed] { return unflushed.due_question(800, 80); };
    unflushed.log_tells = true;
    CHECK(due() == std::nullopt);
    unflushed.sent(update(99));
    CHECK(due() == std::nullopt);
    unflushed.sent(update(1));
    CHECK(due() == Step::ask_log);

    const Request question{{}, Step::ask_log};
    unflushed.sent(question);
    CHECK(unflushed.is_asked());
    CHECK(due() == std::nullopt);
    for (int row = 0; row < 10; ++row) unflushed.sent(update(1));
    CHECK(due() == Step::ask_log);
    unflushed.answered(question);
    CHECK_FALSE(unflushed.is_asked());

    unflushed.log_tells = false;
    CHECK(due() == std::nullopt);
    unflushed.sent(update(390));
    CHECK(due() == Step::flush);
}

TEST_CASE("behind the last updates there is a flush, whatever else was asked") {
    Unflushed unflushed;
    CHECK_FALSE(unflushed.has_no_flush_behind());
    unflushed.sent({{Row{nullptr, 0}}, Step::update});
    unflushed.sent({{}, Step::ask_log});
    CHECK(unflushed.has_no_flush_behind());
    unflushed.sent({{}, Step::flush});
    CHECK_FALSE(unflushed.has_no_flush_behind());
}
