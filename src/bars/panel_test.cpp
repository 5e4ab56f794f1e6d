#include "bars/panel.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace plumb;
using namespace std::chrono_literals;

namespace {

BarHistory history(std::string name, std::initializer_list<int> minutes, Duration length = 1min,
                   BarOrigin origin = BarOrigin::traded) {
    BarHistory bars{std::move(name), length};
    for (const int minute : minutes) {
        const Price price{Decimal{minute + 100}};
        REQUIRE(bars.append(timestamp_from_ms(1'600'000'020'000) + minute * 1min,
                            {price, price, price, price, {}}, origin));
    }
    return bars;
}

}  // namespace

TEST_CASE("align: common times of all, a contiguous series each") {
    const std::vector<BarHistory> all{history("A", {0, 1, 2, 4, 5}), history("B", {1, 2, 3, 5}),
                                      history("C", {0, 1, 5, 6})};
    const auto panel = bars::align_common(all);
    REQUIRE(panel.has_value());
    CHECK(panel->names == std::vector<std::string>{"A", "B", "C"});
    CHECK(panel->columns() == 2);
    for (std::size_t row = 0; row < 3; ++row) {
        CHECK(std::vector<double>(panel->series(row).begin(), panel->series(row).end()) ==
              std::vector<double>{101, 105});
        CHECK(panel->count_missing(row) == 0);
    }
}

TEST_CASE("align: all times, what is missing is marked") {
    const std::vector<BarHistory> all{history("A", {0, 2}), history("B", {1, 2})};
    const auto panel = bars::align_all(all);
    REQUIRE(panel.has_value());
    CHECK(panel->columns() == 3);
    CHECK(std::isnan(panel->series(0)[1]));
    CHECK_FALSE(panel->has(0, 1));
    CHECK(panel->has(1, 1));
    CHECK(panel->series(1)[2] == 102);
    CHECK(panel->count_missing(0) == 1);
}

TEST_CASE("align: filled bars count only where they are wanted") {
    const std::vector<BarHistory> all{history("A", {0, 1}), history("B", {0, 1}, 1min, BarOrigin::filled)};
    CHECK(bars::align_common(all)->columns() == 2);
    CHECK(bars::align_common(all, bars::Presence::not_filled).error().code() == Errc::empty);
    CHECK(bars::align_all(all, bars::Presence::not_filled)->count_missing(1) == 2);
}

TEST_CASE("bad input: two symbols without common times are named, with what they have") {
    const std::vector<BarHistory> all{history("BTC/USD", {0, 1}), history("ETH/USD", {1, 2}),
                                      history("AAPL/USD", {2, 3})};
    const auto panel = bars::align_common(all);
    REQUIRE_FALSE(panel.has_value());
    CHECK(panel.error().code() == Errc::empty);
    CHECK(panel.error().message() ==
          "expected bars at common times, found none of BTC/USD (2020-09-13 12:27:00 to 2020-09-13 12:28:00) "
          "and AAPL/USD "
          "(2020-09-13 12:29:00 to 2020-09-13 12:30:00); choose other dates or leave one out");
    CHECK(bars::align_common({}).error().code() == Errc::empty);
    const std::vector<BarHistory> mixed{history("A", {0}), history("B", {0}, 5min)};
    CHECK(bars::align_common(mixed).error().code() == Errc::length_mismatch);
    const std::vector<BarHistory> nothing{history("A", {}), history("B", {0})};
    CHECK(bars::align_common(nothing).error().code() == Errc::empty);
}
