#include "io/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace plumb;
using namespace plumb::io;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {
constexpr Timestamp kNow = timestamp_from_ms(1'700'000'000'000);
constexpr BackoffOptions kOptions{.floor = milliseconds{100}, .first = seconds{1}, .cap = seconds{30}};
}  // namespace

TEST_CASE("fault_F04 a hundred thousand failures: each wait between floor and ceiling, never above the cap") {
    Backoff backoff{kOptions, 7};
    Duration ceiling = kOptions.first;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        CHECK_MESSAGE(backoff.failures() == i, "seed 7");
        const Duration wait = backoff.next(kNow) - kNow;
        REQUIRE(kOptions.floor <= wait);
        REQUIRE(wait <= ceiling);
        ceiling = std::min<Duration>(ceiling * 2, kOptions.cap);
    }
}

TEST_CASE("the jitter is full: at the cap waits fill the whole width evenly") {
    Backoff backoff{kOptions, 11};
    for (int i = 0; i < 10; ++i) backoff.next(kNow);
    int below_quarter = 0, above_three_quarters = 0;
    constexpr int kTrials = 40'000;
    for (int i = 0; i < kTrials; ++i) {
        const double share = to_seconds(backoff.next(kNow) - kNow - kOptions.floor) /
                             to_seconds(kOptions.cap - kOptions.floor);
        below_quarter += share < 0.25;
        above_three_quarters += share > 0.75;
    }
    // Binomial(40000, 1/4) has a standard deviation of 87: five of them.
    CHECK(std::abs(below_quarter - kTrials / 4) < 435);
    CHECK(std::abs(above_three_quarters - kTrials / 4) < 435);
}

TEST_CASE("after success the next wait is a first one") {
    Backoff backoff{kOptions, 3};
    for (int i = 0; i < 50; ++i) backoff.next(kNow);
    backoff.succeeded();
    CHECK(backoff.next(kNow) - kNow <= kOptions.first);
    CHECK(backoff.failures() == 1);
}

TEST_CASE("fault_F05 Retry-After holds beyond the cap, and an earlier one does not shorten it") {
    Backoff backoff{kOptions, 3};
    backoff.not_before(kNow + seconds{600});
    backoff.not_before(kNow + seconds{5});
    CHECK(backoff.next(kNow) == kNow + seconds{600});
    CHECK(backoff.next(kNow + seconds{700}) > kNow + seconds{700});
}

TEST_CASE("the same seed gives the same waits, another seed others") {
    Backoff a{kOptions, 1}, b{kOptions, 1}, c{kOptions, 2};
    bool differs = false;
    for (int i = 0; i < 20; ++i) {
        const Timestamp wait = a.next(kNow);
        CHECK(wait == b.next(kNow));
        differs = differs || wait != c.next(kNow);
    }
    CHECK(differs);
}
