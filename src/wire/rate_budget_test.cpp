#include "wire/rate_budget.hpp"

#include <doctest/doctest.h>

#include <array>
#include <deque>

#include "base/rng.hpp"

namespace plumb::wire {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kStart = timestamp_from_ms(1'764'000'000'000);

// The venue counts as its documents say, by a clock of its own.
struct SlidingCount {
    std::int64_t limit;
    Duration window;
    std::deque<std::pair<Timestamp, unsigned>> taken;
    std::int64_t sum = 0;

    bool accepts(Timestamp at, unsigned weight) {
        while (!taken.empty() && taken.front().first + window <= at) {
            sum -= taken.front().second;
            taken.pop_front();
        }
        taken.emplace_back(at, weight);
        sum += weight;
        return sum <= limit;
    }
};

}  // namespace

TEST_CASE("fault_E20_budget: never more than the limit in any window of the venue, wherever it begins") {
    constexpr std::array kLimits{RateLimit{.name = "orders", .capacity = 50, .per = 10s, .reserve = 5}};
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Rng rng{seed};
        RateBudget budget{kLimits, kStart};
        SlidingCount venue{50, 10s, {}, 0};
        Timestamp now = kStart;
        for (int i = 0; i < 2000; ++i) {
            const RequestCost cost{0, 1 + static_cast<unsigned>(rng.below(3)), rng.below(4) == 0};
            now = std::max(now, budget.when(cost, now));
            REQUIRE(budget.take(cost, now));
            CAPTURE(seed);
            REQUIRE(venue.accepts(now, cost.weight));
            if (rng.below(50) == 0) now += std::chrono::seconds{rng.below(20)};
        }
        // What was asked is limited by the venue, not by us: three quarters of its rate at least.
        CHECK(to_seconds(now - kStart) < 2000 * 2 / 5.0 / 0.7 + 20 * 40);
    }
}

TEST_CASE("fault_E20_budget: a fixed window is never overdrawn by a venue whose clock is 400 ms off") {
    constexpr std::array kLimits{
        RateLimit{.name = "weight", .capacity = 100, .per = 60s, .reserve = 10, .fixed_window = true}};
    for (const Duration offset : {Duration{-400ms}, Duration{0}, Duration{400ms}}) {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            Rng rng{seed};
            RateBudget budget{kLimits, kStart};
            std::int64_t window = -1;
            std::int64_t used = 0;
            Timestamp now = kStart;
            for (int i = 0; i < 1000; ++i) {
                const RequestCost cost{0, 1 + static_cast<unsigned>(rng.below(20)), rng.below(4) == 0};
                now = std::max(now, budget.when(cost, now));
                REQUIRE(budget.take(cost, now));
                const std::int64_t theirs = (now + offset).time_since_epoch() / 60s;
                if (theirs != window) used = 0;
                window = theirs;
                used += cost.weight;
                REQUIRE(used <= 100);
                if (rng.below(3) == 0) now += std::chrono::milliseconds{rng.below(1500)};
            }
        }
    }
}

TEST_CASE("fault_E20_reserve: cancels pass where normal requests wait") {
    for (const bool fixed : {false, true}) {
        const std::array limits{
            RateLimit{.name = "all", .capacity = 40, .per = 60s, .reserve = 5, .fixed_window = fixed}};
        RateBudget budget{limits, kStart};
        while (budget.take({0, 1, false}, kStart)) {
        }
        CHECK(kStart < budget.when({0, 1, false}, kStart));
        int cancels = 0;
        while (budget.take({0, 1, true}, kStart)) ++cancels;
        CHECK(cancels == 5);
    }
}

TEST_CASE("fault_E20_penalty: nothing leaves before the venue's time, and everything after it") {
    constexpr std::array kLimits{
        RateLimit{.name = "a", .capacity = 100, .per = 60s, .reserve = 10},
        RateLimit{.name = "b", .capacity = 100, .per = 60s, .reserve = 10, .fixed_window = true}};
    RateBudget budget{kLimits, kStart};
    budget.hold(0, kStart + 7s);
    CHECK(budget.when({0, 1, true}, kStart) == kStart + 7s);
    CHECK_FALSE(budget.take({0, 1, true}, kStart + 7s - 1ns));
    CHECK(budget.take({0, 1, true}, kStart + 7s));
    CHECK(budget.take({1, 1, false}, kStart));
    budget.hold_all(kStart + 30s);
    budget.observe({.bucket = 1,
                    .used = {},
                    .remaining = {},
                    .capacity = {},
                    .refilled_at = {},
                    .hold_until = kStart + 20s},
                   kStart);
    CHECK(budget.when({0, 1, false}, kStart + 8s) == kStart + 30s);
    CHECK(budget.when({1, 1, true}, kStart + 8s) == kStart + 30s);
}

TEST_CASE("the venue's own count lowers the budget and never raises it") {
    constexpr std::array kLimits{
        RateLimit{.name = "weight", .capacity = 6000, .per = 60s, .reserve = 100, .fixed_window = true}};
    RateBudget budget{kLimits, kStart};
    RateObservation seen{
        .bucket = 0, .used = 5890, .remaining = {}, .capacity = {}, .refilled_at = {}, .hold_until = {}};
    budget.observe(seen, kStart);
    CHECK(budget.take({0, 10, false}, kStart));
    CHECK_FALSE(budget.take({0, 1, false}, kStart));
    seen.used = 3;
    budget.observe(seen, kStart);
    CHECK_FALSE(budget.take({0, 1, false}, kStart));
    seen.bucket = 9;  // a stranger's
    budget.observe(seen, kStart);
    CHECK(budget.when({0, 7000, true}, kStart) == Timestamp::max());
}

}  // namespace plumb::wire
