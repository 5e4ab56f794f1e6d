#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/false_discovery.hpp"
#include "stats/kalman_filter.hpp"
#include "stats/least_squares.hpp"
#include "stats/mackinnon.hpp"
#include "stats/moments.hpp"
#include "stats/return_metrics.hpp"

namespace plumb::stats {

TEST_CASE("moments keep the variance of 1e12 + {4, 7, 13, 16}") {
    const auto m = moments(std::vector<double>{1e12 + 4, 1e12 + 7, 1e12 + 13, 1e12 + 16});
    REQUIRE(m);
    CHECK(m->variance_population == 22.5);
    CHECK(m->variance_sample == 30);
    const auto flat = moments(std::vector<double>{3, 3, 3});
    REQUIRE(flat);
    CHECK(flat->variance_population == 0);
    CHECK_FALSE(flat->skewness);
    CHECK(moments(std::vector<double>{1}).error().code() == Errc::too_short);
    CHECK(moments(std::vector<double>{1e300, -1e300}).error().code() == Errc::out_of_range);
    CHECK_FALSE(co_moments(std::vector<double>{1, 1}, std::vector<double>{1, 2})->correlation);
}

TEST_CASE("adjusted p-values are monotone, capped and in the order given") {
    const auto q =
        adjust_p_values(std::vector<double>{0.9, 0.01, 0.02, 0.04}, DiscoveryRule::benjamini_hochberg);
    REQUIRE(q);
    CHECK((*q)[0] == doctest::Approx(0.9));
    CHECK((*q)[1] == doctest::Approx(0.04));
    CHECK((*q)[2] == doctest::Approx(0.04));
    CHECK((*q)[3] == doctest::Approx(0.04 * 4 / 3));
    CHECK(adjust_p_values({}, DiscoveryRule::benjamini_hochberg).error().code() == Errc::empty);
    CHECK(adjust_p_values(std::vector<double>{1.5}, DiscoveryRule::benjamini_hochberg).error().code() ==
          Errc::out_of_range);
    CHECK(adjust_p_values(std::vector<double>{std::nan("")}, DiscoveryRule::benjamini_yekutieli)
              .error()
              .code() == Errc::not_finite);
}

TEST_CASE("ratios without a denominator are absent, not infinite") {
    const auto rising = return_metrics(std::vector<double>{100, 101, 103, 104}, {});
    REQUIRE(rising);
    CHECK(rising->drawdown_max == 0);
    CHECK_FALSE(rising->calmar);
    CHECK_FALSE(rising->gain_to_pain);
    CHECK_FALSE(rising->sortino);
    CHECK(rising->sharpe);
    const auto flat = return_metrics(std::vector<double>{100, 100, 100}, {});
    REQUIRE(flat);
    CHECK_FALSE(flat->sharpe);
    CHECK(return_metrics(std::vector<double>{100, 0, 100}, {}).error().code() == Errc::non_positive);
    CHECK(return_metrics(std::vector<double>{100, 99}, {}).error().code() == Errc::too_short);
    CHECK(return_metrics(std::vector<double>{100, 99, 98}, {.periods_per_year = 0}).error().code() ==
          Errc::invalid_argument);
}

TEST_CASE("drawdown: 100 120 90 110 130 falls by a quarter from bar 1 to bar 2") {
    const auto m = return_metrics(std::vector<double>{100, 120, 90, 110, 130}, {.periods_per_year = 4});
    REQUIRE(m);
    CHECK(m->drawdown_max == doctest::Approx(-0.25));
    CHECK(m->drawdown_peak_index == 1);
    CHECK(m->drawdown_trough_index == 2);
    CHECK(m->underwater_bars_max == 2);
    CHECK(m->cagr == doctest::Approx(0.3));
    CHECK(m->calmar.value() == doctest::Approx(1.2));
}

TEST_CASE("the filter finds a constant hedge ratio, and refuses nonsense without losing its state") {
    auto filter = KalmanHedge::make(
        {.delta = 1e-7, .observation_variance = 1e-4, .initial_variance = 100, .initial_state = {0, 0}});
    REQUIRE(filter);
    KalmanStep last;
    for (int t = 0; t < 400; ++t) {
        const double x = 100 + 5 * std::sin(0.1 * t);
        last = filter->update(2.5 * x - 7, x).value();
    }
    CHECK(last.hedge_ratio == doctest::Approx(2.5).epsilon(1e-3));
    const double before = filter->log_likelihood();
    CHECK(filter->update(std::nan(""), 1).error().code() == Errc::not_finite);
    CHECK(filter->log_likelihood() == before);
    CHECK(KalmanHedge::make({.delta = 1}).error().code() == Errc::invalid_argument);
    CHECK(KalmanHedge::make({.observation_variance = 0}).error().code() == Errc::invalid_argument);
}

TEST_CASE("p-values stay in range and critical values exist where they are tabulated") {
    CHECK(mackinnon_p_value(-100, Trend::constant, 2).value() == 0);
    CHECK(mackinnon_p_value(5, Trend::constant, 2).value() == 1);
    CHECK(mackinnon_p_value(-3.5, Trend::constant, 7).error().code() == Errc::unsupported);
    CHECK(mackinnon_p_value(std::nan(""), Trend::constant, 1).error().code() == Errc::not_finite);
    CHECK(mackinnon_critical_values(Trend::none, 2, 100).error().code() == Errc::unsupported);
    CHECK(mackinnon_critical_values(Trend::constant, 1, 0).error().code() == Errc::invalid_argument);
}

TEST_CASE("a dependent column takes no rank and no coefficient") {
    LeastSquares qr{4, 3};
    const double columns[3][4] = {{1, 1, 1, 1}, {2, 2, 2, 2}, {1, 2, 3, 4}};
    for (std::size_t j = 0; j < 3; ++j) std::copy_n(columns[j], 4, qr.column(j).begin());
    qr.factor();
    CHECK(qr.independent(0));
    CHECK_FALSE(qr.independent(1));
    CHECK(qr.independent(2));
    CHECK(qr.rank_before(3) == 2);
    std::vector<double> target{5, 7, 9, 11};
    qr.project(target);
    const std::vector<double> b = qr.solve(target);
    CHECK(b[0] == doctest::Approx(3));
    CHECK(b[1] == 0);
    CHECK(b[2] == doctest::Approx(2));
}

}  // namespace plumb::stats
