#include "base/time.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

using namespace plumb;
using namespace std::chrono_literals;

TEST_CASE("time: the spellings of files and venues are read as UTC nanoseconds") {
    CHECK(to_ms(*parse_timestamp("2024-08-08T23:54:15.342Z")) == 1723161255342);
    CHECK(to_ms(*parse_timestamp("2024-08-08 23:54:15.342")) == 1723161255342);
    CHECK(to_ms(*parse_timestamp("2024-08-09T01:54:15.342+02:00")) == 1723161255342);
    CHECK(to_ms(*parse_timestamp("1970-01-01")) == 0);
    CHECK(to_ns(*parse_timestamp("2024-08-08T23:54:15.123456789999Z")) % 1'000'000'000 == 123456789);
    CHECK(to_ms(*parse_timestamp("1969-12-31T23:59:59.5Z")) == -500);
}

TEST_CASE("time: what is no time is refused") {
    for (const char* text : {"", "2024", "2024-13-01", "2024-02-30", "2024-08-08T", "2024-08-08T25:00",
                             "08/08/2024", "2024-08-08T23:54:15.", "2024-08-08T23:54:15Zulu", "yesterday"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text).has_value());
    }
    CHECK(parse_timestamp("9999-01-01").error().code() == Errc::out_of_range);
}

TEST_CASE("time: ISO text and back is the identity") {
    Rng rng{1};
    for (int i = 0; i < 10'000; ++i) {
        const auto time = timestamp_from_ns(static_cast<std::int64_t>(rng.next() >> 1) - (1LL << 61));
        CHECK(*parse_timestamp(to_iso(time)) == time);
    }
}

TEST_CASE("time: granularities have one name") {
    CHECK(*parse_duration("4h") == 4h);
    CHECK(*parse_duration("hour") == 1h);
    CHECK(*parse_duration("1W") == 168h);
    CHECK(granularity_name(*parse_duration("15m")) == "15m");
    CHECK(granularity_name(24h) == "1d");
    CHECK(granularity_name(90min) == "90m");
    for (const char* text : {"", "0m", "-5m", "5x", "m5", "99999999999999m"})
        CHECK_FALSE(parse_duration(text).has_value());
}

TEST_CASE("time: a duration beyond 292 years is refused, not wrapped (found by fuzzing)") {
    CHECK(parse_duration("15250w").has_value());
    CHECK(parse_duration("15512w").error().code() == Errc::out_of_range);
    CHECK(parse_duration("1000000w").error().code() == Errc::out_of_range);
}

TEST_CASE("time: ISO weeks at the turn of the year") {
    const auto week = [](const char* text) { return iso_week(*parse_timestamp(text)); };
    CHECK(week("2025-12-28").week == 52);
    CHECK(week("2025-12-29").week == 1);
    CHECK(week("2025-12-29").year == 2026);
    CHECK(week("2021-01-03").week == 53);
    CHECK(week("2021-01-03").year == 2020);
}

TEST_CASE("rng: the same seed gives the same numbers, and they have the moments they should") {
    Rng a{42}, b{42};
    double sum = 0, squares = 0;
    constexpr int kDraws = 200'000;
    for (int i = 0; i < kDraws; ++i) {
        const double x = a.normal();
        CHECK(x == b.normal());
        sum += x;
        squares += x * x;
    }
    CHECK(sum / kDraws == doctest::Approx(0).epsilon(0.01));
    CHECK(squares / kDraws == doctest::Approx(1).epsilon(0.01));
    CHECK(Rng{42}.fork(1).next() != Rng{42}.fork(2).next());
    for (int i = 0; i < 1000; ++i) CHECK(a.below(7) < 7);
}
