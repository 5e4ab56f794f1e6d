#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "base/rng.hpp"
#include "stats/engle_granger.hpp"
#include "stats/half_life.hpp"
#include "stats/hurst.hpp"
#include "stats/johansen.hpp"
#include "stats/kpss.hpp"
#include "stats/ornstein_uhlenbeck.hpp"
#include "stats/variance_ratio.hpp"

// Every statistic in the unit it is quoted in, in 1e-12 of it and in 1e12 of it: SHIB costs 1e-5 dollars and
// 1e-10 bitcoin.

namespace plumb::stats {
namespace {

using Series = std::vector<double>;

Series scaled(const Series& x, double factor) {
    Series out;
    for (const double v : x) out.push_back(v * factor);
    return out;
}

struct Prices {
    Series x;
    Series y;
    Series z;
};

Prices simulate(std::size_t n) {
    Rng rng{11};
    Prices out;
    double walk = 0;
    double other = 0;
    double spread = 0;
    for (std::size_t t = 0; t < n; ++t) {
        walk += 0.005 * rng.normal();
        other += 0.005 * rng.normal();
        spread = 0.85 * spread + rng.normal();
        out.x.push_back(100 * std::exp(walk));
        out.z.push_back(40 * std::exp(other));
        out.y.push_back(20 + 1.5 * out.x.back() + 0.5 * spread);
    }
    return out;
}

constexpr double kFactors[] = {1e-12, 1e-5, 3.0, 1e12};

void check_invariant(const Series& x, const std::function<Series(const Series&)>& statistics) {
    const Series base = statistics(x);
    for (const double factor : kFactors) {
        const Series other = statistics(scaled(x, factor));
        REQUIRE(base.size() == other.size());
        for (std::size_t i = 0; i < base.size(); ++i) {
            CAPTURE(factor);
            CAPTURE(i);
            CHECK(std::fabs(base[i] - other[i]) <= 1e-9 * std::max(1.0, std::fabs(base[i])));
        }
    }
}

}  // namespace

TEST_CASE("unit roots do not depend on the unit of price") {
    const Prices prices = simulate(300);
    for (const Trend trend : {Trend::none, Trend::constant, Trend::linear, Trend::quadratic}) {
        check_invariant(prices.x, [&](const Series& x) {
            const auto test = adf_test(x, {.trend = trend}).value();
            return Series{test.statistic, test.p_value, static_cast<double>(test.used_lag)};
        });
    }
    for (const Trend trend : {Trend::constant, Trend::linear}) {
        check_invariant(prices.x, [&](const Series& x) {
            const auto test = kpss_test(x, {.trend = trend}).value();
            return Series{test.statistic, test.p_value, static_cast<double>(test.lags)};
        });
    }
}

TEST_CASE("cointegration does not depend on the units of either price") {
    const Prices prices = simulate(300);
    for (const Trend trend : {Trend::constant, Trend::linear, Trend::quadratic}) {
        const auto of = [&](const Series& y, const Series& x, double unit) {
            const auto test = engle_granger(y, x, {.trend = trend}).value();
            return Series{test.statistic, test.p_value, static_cast<double>(test.used_lag),
                          test.hedge.parameters[0] * unit};
        };
        check_invariant(prices.y, [&](const Series& y) { return of(y, prices.x, prices.y[0] / y[0]); });
        check_invariant(prices.x, [&](const Series& x) { return of(prices.y, x, x[0] / prices.x[0]); });
    }
    for (const Trend trend : {Trend::none, Trend::constant, Trend::linear}) {
        check_invariant(prices.x, [&](const Series& x) {
            const std::vector<std::span<const double>> columns{prices.y, x, prices.z};
            const auto test = johansen_test(columns, {trend, 2}).value();
            Series out = test.trace;
            out.push_back(test.relations[0][1] * x[0] / prices.x[0]);
            return out;
        });
    }
}

TEST_CASE("mean reversion does not depend on the unit of the spread") {
    const Prices prices = simulate(300);
    const Series spread = fit_linear(prices.y, prices.x, Trend::constant).value().residuals;
    check_invariant(spread, [](const Series& s) {
        const auto reversion = fit_mean_reversion(s).value();
        const auto ou = fit_ornstein_uhlenbeck(s, 1.0).value();
        return Series{reversion.lambda, reversion.lambda_t, reversion.half_life.value(), ou.phi,
                      ou.process.value().half_life};
    });
    check_invariant(spread, [](const Series& s) {
        const auto ratio = variance_ratio(s, 4).value();
        return Series{ratio.ratio, ratio.z_robust, hurst_from_deviations(s, 2, 20).value(),
                      hurst_from_rescaled_range(s).value().hurst};
    });
}

TEST_CASE("a half-life is refused where the spread does not revert") {
    Series growing{1.0};
    Series overshooting{1.0};
    Rng rng{12};
    for (int t = 0; t < 60; ++t) {
        growing.push_back(growing.back() * 1.1 + 0.01 * rng.normal());
        overshooting.push_back(-0.9 * overshooting.back() + rng.normal());
    }
    CHECK(half_life(growing).error().code() == Errc::not_mean_reverting);
    CHECK(half_life(overshooting).error().code() == Errc::not_mean_reverting);
    CHECK(fit_mean_reversion(overshooting).value().half_life.value() == 0);
    CHECK_FALSE(fit_ornstein_uhlenbeck(overshooting, 1.0).value().process);
}

TEST_CASE("an error names the series") {
    const Prices prices = simulate(100);
    Series bad = prices.z;
    bad[41] = std::nan("");
    const std::vector<std::span<const double>> regressors{prices.x, bad};
    const auto fit = fit_linear(prices.y, regressors, Trend::constant);
    REQUIRE_FALSE(fit);
    CHECK(fit.error().message() == "x[1]: value 41 is nan");
    const std::vector<std::span<const double>> twice{prices.x, prices.x};
    const auto dependent = fit_linear(prices.y, twice, Trend::constant);
    REQUIRE_FALSE(dependent);
    CHECK(dependent.error().code() == Errc::singular);
    CHECK(dependent.error().message().starts_with("x[1]"));
}

}  // namespace plumb::stats
