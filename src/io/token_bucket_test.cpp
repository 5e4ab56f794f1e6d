#include "io/token_bucket.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "base/rng.hpp"

using namespace plumb;
using namespace plumb::io;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {
constexpr Timestamp kNow = timestamp_from_ms(1'700'000'000'000);
}

TEST_CASE("a full bucket gives its capacity at once and then at the rate of the refill") {
    TokenBucket bucket{{.capacity = 3, .refill = 10, .per = seconds{1}}, kNow};
    for (int i = 0; i < 3; ++i) CHECK(bucket.take(1, Priority::normal, kNow));
    CHECK_FALSE(bucket.take(1, Priority::normal, kNow));
    CHECK(bucket.when(1, Priority::normal, kNow) == kNow + milliseconds{100});
    CHECK_FALSE(bucket.take(1, Priority::normal, kNow + milliseconds{100} - Duration{1}));
    CHECK(bucket.take(1, Priority::normal, kNow + milliseconds{100}));
    CHECK(bucket.available(kNow + seconds{60}) == 3);
}

TEST_CASE("three tokens a second divide no nanosecond evenly, and nothing is lost or gained in an hour") {
    TokenBucket bucket{{.capacity = 2, .refill = 3, .per = seconds{1}}, kNow};
    Timestamp now = kNow;
    std::int64_t taken = 0;
    while (now <= kNow + std::chrono::hours{1}) {
        REQUIRE(bucket.take(1, Priority::normal, now));
        ++taken;
        now = bucket.when(1, Priority::normal, now);
    }
    CHECK(taken == 3600 * 3 + 2);  // and the two it began with
}

TEST_CASE("fault_E20 what is kept for cancels is not given to anything else") {
    TokenBucket bucket{{.capacity = 10, .refill = 1, .per = seconds{1}, .cancel_reserve = 4}, kNow};
    CHECK(bucket.take(6, Priority::normal, kNow));
    CHECK_FALSE(bucket.take(1, Priority::normal, kNow));
    CHECK(bucket.when(1, Priority::normal, kNow) == kNow + seconds{1});
    CHECK(bucket.take(4, Priority::cancel, kNow));
    CHECK_FALSE(bucket.take(1, Priority::cancel, kNow));
    CHECK(bucket.when(7, Priority::normal, kNow) == Timestamp::max());
    CHECK(bucket.when(10, Priority::cancel, kNow) == kNow + seconds{10});
    CHECK(bucket.when(11, Priority::cancel, kNow) == Timestamp::max());
}

TEST_CASE(
    "fault_E20 nothing passes inside a penalty, cancels neither, and a shorter one does not end a longer") {
    TokenBucket bucket{{.capacity = 10, .refill = 1, .per = seconds{1}, .cancel_reserve = 4}, kNow};
    bucket.hold_until(kNow + seconds{90});
    bucket.hold_until(kNow + seconds{30});
    for (const Priority priority : {Priority::normal, Priority::cancel}) {
        CHECK_FALSE(bucket.take(1, priority, kNow + seconds{90} - Duration{1}));
        CHECK(bucket.when(1, priority, kNow) == kNow + seconds{90});
        CHECK(bucket.take(1, priority, kNow + seconds{90}));
    }
}

TEST_CASE("fault_E20 the venue's own count lowers ours and never raises it") {
    TokenBucket bucket{{.capacity = 100, .refill = 10, .per = seconds{1}}, kNow};
    bucket.observe(95, 100, kNow);
    CHECK(bucket.available(kNow) == 5);
    bucket.observe(10, 100, kNow);
    CHECK(bucket.available(kNow) == 5);
    bucket.observe(130, 100, kNow);
    CHECK(bucket.available(kNow) == 0);
    CHECK(bucket.when(1, Priority::cancel, kNow) == kNow + milliseconds{100});
    TokenBucket smaller{{.capacity = 100, .refill = 10, .per = seconds{1}}, kNow};
    smaller.observe(0, 40, kNow);  // the venue allows less than we were told
    CHECK(smaller.available(kNow) == 40);
    smaller.observe(-5, -5, kNow);
    CHECK(smaller.available(kNow) == 0);
}

TEST_CASE("a clock that steps back adds nothing and promises no earlier time than before") {
    TokenBucket bucket{{.capacity = 2, .refill = 1, .per = seconds{1}}, kNow};
    CHECK(bucket.take(2, Priority::normal, kNow));
    const Timestamp back = kNow - seconds{60};
    CHECK(bucket.available(back) == 0);
    CHECK(bucket.when(1, Priority::normal, back) == kNow + seconds{1});
    CHECK(bucket.take(1, Priority::normal, kNow + seconds{1}));
}

TEST_CASE("when() is the truth: take() fails a nanosecond before and succeeds at it, for any history") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        INFO("seed ", seed);
        Rng rng{seed};
        const std::int64_t capacity = 1 + static_cast<std::int64_t>(rng.below(50));
        TokenBucketOptions options{
            .capacity = capacity,
            .refill = 1 + static_cast<std::int64_t>(rng.below(70)),
            .per = Duration{1 + static_cast<std::int64_t>(rng.below(10'000'000'000))},
            .cancel_reserve = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(capacity)))};
        TokenBucket bucket{options, kNow};
        Timestamp now = kNow;
        for (int i = 0; i < 100; ++i) {
            const auto weight =
                static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(capacity) + 2));
            const Priority priority = rng.below(4) == 0 ? Priority::cancel : Priority::normal;
            const Timestamp due = bucket.when(weight, priority, now);
            if (due == Timestamp::max()) continue;
            if (now < due) {
                TokenBucket copy = bucket;
                REQUIRE_FALSE(copy.take(weight, priority, due - Duration{1}));
            }
            REQUIRE(bucket.take(weight, priority, due));
            now = due;
        }
    }
}

TEST_CASE("fault_E20 a bucket for a window never lets more than the limit into any window of that length") {
    for (const std::int64_t limit : {2, 3, 10, 1200, 6001}) {
        INFO("limit ", limit);
        const Duration window = seconds{60};
        TokenBucket bucket{TokenBucketOptions::for_window(limit, window), kNow};
        std::deque<Timestamp> taken;
        Timestamp now = kNow;
        for (int i = 0; i < 20'000; ++i) {
            now = bucket.when(1, Priority::normal, now);
            REQUIRE(bucket.take(1, Priority::normal, now));
            taken.push_back(now);
            while (taken.front() <= now - window) taken.pop_front();
            REQUIRE(static_cast<std::int64_t>(taken.size()) <= limit);
        }
    }
}
