// A signal becomes a fact that can be asked for.
#include "cancellation.hpp"

#include <doctest/doctest.h>

#include <poll.h>
#include <stdexcept>

using host::Cancellation;

namespace {

bool is_readable(int descriptor) {
    pollfd file{descriptor, POLLIN, 0};
    return ::poll(&file, 1, 0) == 1;
}

auto handler_of(int signal) {
    struct sigaction action = {};
    ::sigaction(signal, nullptr, &action);
    return action.sa_handler;
}

} // namespace

TEST_CASE("the first signal is remembered, makes the descriptor readable, and leaves the process alone") {
    const Cancellation cancellation;
    CHECK(cancellation.signal() == 0);
    CHECK_FALSE(is_readable(cancellation.descriptor()));
    REQUIRE(std::raise(SIGTERM) == 0);
    CHECK(cancellation.signal() == SIGTERM);
    CHECK(is_readable(cancellation.descriptor()));
    CHECK(is_readable(cancellation.descriptor()));
}

TEST_CASE("what was there before is put back, and an ignored signal stays ignored") {
    REQUIRE((std::signal(SIGHUP, SIG_IGN) != SIG_ERR));
    const auto before = handler_of(SIGINT);
    {
        const Cancellation cancellation;
        CHECK((handler_of(SIGINT) != before));
        REQUIRE(std::raise(SIGHUP) == 0);
        CHECK(cancellation.signal() == 0);
        CHECK_THROWS_AS(Cancellation(), std::logic_error);
    }
    CHECK((handler_of(SIGINT) == before));
    CHECK((handler_of(SIGHUP) == SIG_IGN));
    REQUIRE((std::signal(SIGHUP, SIG_DFL) != SIG_ERR));
    const Cancellation another;
    CHECK(another.signal() == 0);
}
