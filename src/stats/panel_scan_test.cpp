#include "stats/panel_scan.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.hpp"
#include "stats/engle_granger.hpp"
#include "stats/panel_kernel.hpp"

namespace plumb::stats {
namespace {

using Panel = std::vector<std::vector<double>>;

/// Random walks, and series tied to a common one, at scales from 1e-5 to 1e4.
Panel simulate(std::size_t count, std::size_t n, std::uint64_t seed) {
    Rng rng{seed};
    std::vector<double> common(n);
    double level = 0;
    for (double& v : common) v = level += 0.01 * rng.normal();
    Panel panel(count, std::vector<double>(n));
    for (std::size_t i = 0; i < count; ++i) {
        const double scale = std::pow(10.0, rng.uniform() * 9 - 5);
        double walk = 0;
        double spread = 0;
        for (std::size_t t = 0; t < n; ++t) {
            walk += 0.005 * rng.normal();
            spread = 0.9 * spread + 0.004 * rng.normal();
            panel[i][t] =
                scale * std::exp(i % 3 == 0 ? walk : common[t] + (i % 3 == 1 ? spread : 0.5 * walk));
        }
    }
    return panel;
}

ScanReport scan(const Panel& panel, const ScanOptions& options = {}) {
    const std::vector<std::span<const double>> columns{panel.begin(), panel.end()};
    Result<ScanReport> report = scan_panel({columns}, options);
    REQUIRE(report);
    return std::move(*report);
}

struct Difference {
    double statistic = 0;
    double hedge_ratio = 0;
    double intercept = 0;
    int lags = 0;
    int outcomes = 0;
};

/// The scan against engle_granger() on each pair.
Difference worst_difference(const Panel& panel, const ScanOptions& options) {
    const ScanReport report = scan(panel, options);
    Difference worst;
    for (const PairTest& pair : report.pairs) {
        const auto alone = engle_granger(panel[pair.y], panel[pair.x],
                                         {options.trend, options.lag_choice, options.lags_max});
        const bool tested = pair.outcome == PairOutcome::tested;
        worst.outcomes += alone.has_value() != tested;
        if (!alone || !tested) continue;
        worst.lags += alone->used_lag != pair.used_lag;
        worst.statistic = std::max(worst.statistic, std::fabs(alone->statistic - pair.statistic));
        const std::vector<double>& b = alone->hedge.parameters;
        worst.hedge_ratio = std::max(worst.hedge_ratio, std::fabs(b[0] - pair.hedge_ratio) / std::fabs(b[0]));
        if (options.trend == Trend::none) continue;
        const double size = std::fabs(panel[pair.y][0]);
        worst.intercept = std::max(worst.intercept, std::fabs(b[1] - pair.intercept) / size);
    }
    return worst;
}

void check_same(const Panel& panel, const ScanOptions& options) {
    const Difference worst = worst_difference(panel, options);
    CHECK(worst.outcomes == 0);
    CHECK(worst.lags == 0);
    CHECK(worst.statistic < 1e-9);
    CHECK(worst.hedge_ratio < 1e-9);
    CHECK(worst.intercept < 1e-9);
}

}  // namespace

TEST_CASE("the scan decides as the single test does, for every trend and lag choice") {
    const Panel panel = simulate(11, 220, 1);
    for (const Trend trend : {Trend::none, Trend::constant, Trend::linear, Trend::quadratic}) {
        for (const LagChoice choice : {LagChoice::aic, LagChoice::bic, LagChoice::t_stat, LagChoice::fixed}) {
            CAPTURE(trend_columns(trend));
            CAPTURE(static_cast<int>(choice));
            check_same(panel, {trend, choice, std::nullopt});
            check_same(panel, {trend, choice, 3});
            check_same(panel, {trend, choice, 0});
        }
    }
}

TEST_CASE("the scan decides as the single test does across tiles") { check_same(simulate(67, 130, 2), {}); }

TEST_CASE("pairs with almost the same prices go through the explicit residual, and agree") {
    Panel panel = simulate(4, 300, 3);
    Rng rng{4};
    for (const double noise : {3e-3, 1e-3, 4e-4, 2e-4}) {
        panel.push_back(panel[1]);
        for (double& v : panel.back()) v *= 1 + noise * 0.1 * rng.normal();
    }
    const ScanReport report = scan(panel);
    CHECK(report.explicit_residuals > 0);
    check_same(panel, {});
}

TEST_CASE("degenerate series are skipped and counted, collinear pairs apart") {
    Panel panel = simulate(6, 200, 5);
    panel[1].assign(200, 7.5);
    panel[4][17] = std::numeric_limits<double>::quiet_NaN();
    panel.push_back(panel[0]);
    for (double& v : panel.back()) v *= 1e-6;
    const ScanReport report = scan(panel);
    CHECK(report.pairs.size() == 42);
    CHECK(report.degenerate == 22);  // 42 ordered pairs less 5 x 4 among the five good series
    CHECK(report.collinear == 2);
    CHECK(report.tested == 18);
    CHECK(report.singular == 0);
    REQUIRE(report.faults.size() == 2);
    CHECK(report.faults[0].series == 1);
    CHECK(report.faults[0].error.code() == Errc::constant_series);
    CHECK(report.faults[1].series == 4);
    CHECK(report.faults[1].error.code() == Errc::not_finite);
    const PairTest& same = report.at(6, 0);
    CHECK(same.outcome == PairOutcome::collinear);
    CHECK(same.hedge_ratio == doctest::Approx(1e-6));
    CHECK(same.p_value == 1);
    for (const PairTest& pair : report.pairs) {
        CHECK(std::isfinite(pair.statistic));
        CHECK(std::isfinite(pair.p_value));
        CHECK(std::isfinite(pair.hedge_ratio));
    }
}

TEST_CASE("a series that is nothing but trend is degenerate once the trend is removed") {
    Panel panel = simulate(3, 200, 6);
    for (std::size_t t = 0; t < 200; ++t) panel[2][t] = 5 + 0.25 * static_cast<double>(t);
    CHECK(scan(panel).faults.empty());
    CHECK(scan(panel, {.trend = Trend::linear}).faults.size() == 1);
}

TEST_CASE("a scan does not depend on the units of price") {
    const Panel panel = simulate(9, 250, 7);
    const ScanReport base = scan(panel);
    Panel other = panel;
    const double factors[] = {1e-12, 1e12, 1, 1e-3, 3, 1e6, 7e-9, 1e12, 1e-12};
    for (std::size_t i = 0; i < other.size(); ++i) {
        for (double& v : other[i]) v *= factors[i];
    }
    const ScanReport scaled = scan(other);
    for (std::size_t i = 0; i < base.pairs.size(); ++i) {
        CHECK(base.pairs[i].used_lag == scaled.pairs[i].used_lag);
        CHECK(std::fabs(base.pairs[i].statistic - scaled.pairs[i].statistic) < 1e-9);
        const double factor = factors[base.pairs[i].y] / factors[base.pairs[i].x];
        CHECK(scaled.pairs[i].hedge_ratio ==
              doctest::Approx(base.pairs[i].hedge_ratio * factor).epsilon(1e-9));
    }
}

TEST_CASE("what a scan refuses as a whole") {
    const auto code = [](const Panel& panel, const ScanOptions& options) {
        const std::vector<std::span<const double>> columns{panel.begin(), panel.end()};
        const Result<ScanReport> report = scan_panel({columns}, options);
        REQUIRE_FALSE(report);
        return report.error().code();
    };
    Panel panel = simulate(3, 100, 8);
    CHECK(code({}, {}) == Errc::empty);
    CHECK(code({panel[0]}, {}) == Errc::empty);
    CHECK(code(panel, {.lags_max = -1}) == Errc::invalid_argument);
    CHECK(code(panel, {.lags_max = 50}) == Errc::invalid_argument);
    CHECK(code(panel, {.lags_max = 23}) == Errc::too_short);  // 4 (23 + 1 + 2) = 104
    CHECK(scan(panel, {.lags_max = 22}).tested == 6);         // 4 (22 + 1 + 2) = 100
    panel[2].pop_back();
    CHECK(code(panel, {}) == Errc::length_mismatch);
    CHECK(code(Panel(2), {}) == Errc::too_short);
}

TEST_CASE("every instruction set gives the same fit") {
    constexpr std::size_t kLags = 6;
    constexpr std::size_t kRows = 80;
    Rng rng{9};
    std::vector<double> e(kRows + 1);
    double level = 0;
    for (double& v : e) v = level = 0.8 * level + rng.normal();
    std::vector<double> d(kRows);
    double squares = 0;
    for (std::size_t t = 0; t < kRows; ++t) d[t] = e[t + 1] - e[t];
    for (const double v : e) squares += v * v;
    std::vector<double> penalty;
    for (std::size_t p = 0; p <= kLags; ++p)
        penalty.push_back(std::exp(2.0 * static_cast<double>(p + 1) / (kRows - kLags)));

    const auto expected = adf_test(e, {Trend::none, LagChoice::aic, kLags});
    REQUIRE(expected);
    CHECK(usable_kernels().size() >= 1);
    for (const PanelKernel* kernel : usable_kernels()) {
        const std::size_t width = kernel->width;
        CAPTURE(width);
        std::vector<std::vector<double>> items(6, std::vector<double>((kLags + 1) * width));
        const auto put = [&](std::size_t item, std::size_t k, double value) {
            for (std::size_t lane = 0; lane < width; ++lane) items[item][k * width + lane] = value;
        };
        for (std::size_t h = 0; h <= kLags; ++h) {
            double product = 0;
            for (std::size_t t = h; t < kRows; ++t) product += d[t] * d[t - h];
            put(0, h, product);
            put(1, h, d[h]);
            put(2, h, d[kRows - 1 - h]);
            put(3, h, e[h]);
            put(4, h, e[kRows - h]);
        }
        put(5, 0, squares);
        const ResidualMoments moments{items[0].data(), items[1].data(), items[2].data(),
                                      items[3].data(), items[4].data(), items[5].data()};
        std::vector<double> workspace(kernel->workspace(kLags));
        double lag[8];
        double statistic[8];
        double valid[8];
        kernel->search(moments, kRows, kLags, {LagChoice::aic, penalty.data()}, workspace.data(), lag);
        CHECK(lag[0] == expected->used_lag);
        CHECK(lag[width - 1] == expected->used_lag);
        kernel->fit(moments, kRows, static_cast<std::size_t>(expected->used_lag), workspace.data(), statistic,
                    valid);
        CHECK(valid[width - 1] == 1);
        CHECK(statistic[width - 1] == doctest::Approx(expected->statistic).epsilon(1e-10));
    }
}

}  // namespace plumb::stats
