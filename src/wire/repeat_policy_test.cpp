#include "wire/repeat_policy.hpp"

#include <doctest/doctest.h>

namespace plumb::wire {

using namespace std::chrono_literals;

TEST_CASE("fault_E31_no_repeat: what changes something is asked once, whatever comes back") {
    constexpr Timestamp kStart = timestamp_from_ms(1'764'000'000'000);
    for (const Verdict verdict :
         {Verdict::ok, Verdict::refused, Verdict::not_found, Verdict::duplicate, Verdict::rate_limited,
          Verdict::unauthorized, Verdict::clock, Verdict::unavailable, Verdict::unknown}) {
        RepeatPolicy policy{true, {}, kStart, 1};
        CHECK_FALSE(policy.again({verdict, kStart + 1s}, kStart).has_value());
        CHECK(policy.begin_until() == kStart + 1s);
    }
}

TEST_CASE("questions are repeated within one deadline, and never inside a penalty (E20)") {
    constexpr Timestamp kStart = timestamp_from_ms(1'764'000'000'000);
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        RepeatPolicy policy{false, {}, kStart, seed};
        Timestamp now = kStart;
        int attempts = 1;
        while (const std::optional<Timestamp> next = policy.again({Verdict::unknown, {}}, now)) {
            REQUIRE(now + 200ms <= *next);
            REQUIRE(*next <= kStart + 30s);
            now = *next;
            ++attempts;
        }
        CHECK(3 <= attempts);
        CHECK(attempts < 60);  // no storm: at the floor's rate at most while the first wait is short

        RepeatPolicy held{false, {}, kStart, seed};
        const std::optional<Timestamp> after = held.again({Verdict::rate_limited, kStart + 7s}, kStart);
        REQUIRE(after.has_value());
        CHECK(kStart + 7s <= *after);
        CHECK_FALSE(held.again({Verdict::rate_limited, kStart + 40s}, kStart).has_value());
    }
}

TEST_CASE("a wrong key is asked once, a refused time stamp twice") {
    constexpr Timestamp kStart = timestamp_from_ms(1'764'000'000'000);
    RepeatPolicy policy{false, {}, kStart, 1};
    CHECK_FALSE(policy.again({Verdict::unauthorized, {}}, kStart).has_value());
    CHECK(policy.again({Verdict::clock, {}}, kStart) == kStart);
    CHECK_FALSE(policy.again({Verdict::clock, {}}, kStart).has_value());
}

}  // namespace plumb::wire
