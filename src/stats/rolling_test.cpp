#include "stats/rolling.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace plumb::stats {

TEST_CASE("a window has no z-score until it is full, and none where nothing moves") {
    RollingWindow window{3};
    CHECK_FALSE(window.level(0));
    window.push(1);
    CHECK(window.level(0)->mean == 1);
    CHECK_FALSE(window.level(1));
    window.push(2);
    CHECK_FALSE(window.zscore(0));
    window.push(3);
    CHECK(window.full());
    CHECK(window.zscore(1).value() == doctest::Approx(1.0));
    CHECK(window.level(1)->deviation == doctest::Approx(1.0));
    for (int i = 0; i < 3; ++i) window.push(100.37);
    CHECK(window.level(0)->deviation == 0);
    CHECK_FALSE(window.zscore(0));
}

TEST_CASE("a deviation of one cent at a price of 60,000,000 is not lost") {
    std::vector<double> series;
    for (int i = 0; i < 50; ++i) series.push_back(6e7 + 0.01 * (i % 2));
    const auto z = rolling_zscore(series, 10, 0);
    REQUIRE(z);
    CHECK(z->at(9).value() == doctest::Approx(1.0).epsilon(1e-6));
    CHECK(z->at(10).value() == doctest::Approx(-1.0).epsilon(1e-6));
    CHECK_FALSE(z->at(8));
}

TEST_CASE("rolling fits refuse what they cannot use") {
    const std::vector<double> y{1, 2, 3, 5, 8, 13};
    const std::vector<double> flat{2, 2, 2, 2, 2, 2};
    const auto none = rolling_ols(y, flat, 3);
    REQUIRE(none);
    for (const auto& fit : *none) CHECK_FALSE(fit);
    CHECK(rolling_ols(y, flat, 2).error().code() == Errc::invalid_argument);
    CHECK(rolling_ols(y, std::vector<double>{1, 2}, 3).error().code() == Errc::length_mismatch);
    CHECK(rolling_zscore(y, 1, 0).error().code() == Errc::invalid_argument);
    CHECK(rolling_zscore({}, 3, 0).error().code() == Errc::empty);
    CHECK(walk_forward_engle_granger(y, flat, {.window = 7, .step = 1, .test = {}}).error().code() ==
          Errc::too_short);
    const auto walk = walk_forward_engle_granger(y, flat, {.window = 3, .step = 2, .test = {}});
    REQUIRE(walk);
    REQUIRE(walk->size() == 2);
    CHECK(walk->at(1).start == 2);
    CHECK(walk->at(1).test.error().code() == Errc::too_short);
}

}  // namespace plumb::stats
