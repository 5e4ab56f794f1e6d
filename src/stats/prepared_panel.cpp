#include "stats/prepared_panel.hpp"

#include <fmt/core.h>

#include <cmath>

#include "stats/least_squares.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

constexpr std::size_t kLanesMax = 8;

LeastSquares trend_basis(std::size_t n, Trend trend) {
    LeastSquares basis{n, trend_columns(trend)};
    const UnitTime time{n};
    for (std::size_t power = 0; power < trend_columns(trend); ++power) {
        const std::span<double> column = basis.column(power);
        for (std::size_t i = 0; i < n; ++i) {
            const double tau = time.at(static_cast<double>(i + 1));
            column[i] = power == 0 ? 1.0 : (power == 1 ? tau : tau * tau);
        }
    }
    basis.factor();
    return basis;
}

/// Removes the trend from `values`, twice, and returns its value at t = 0.
double remove_trend(std::vector<double>& values, const LeastSquares& basis) {
    const std::size_t n = values.size();
    const UnitTime time{n};
    double at_zero = 0;
    for (int pass = 0; pass < 2; ++pass) {
        std::vector<double> projected = values;
        basis.project(projected);
        const std::vector<double> theta = basis.solve(projected);
        for (std::size_t i = 0; i <= n; ++i) {
            const double tau = time.at(static_cast<double>(i));
            double fit = 0;
            for (std::size_t k = theta.size(); k-- > 0;) fit = fit * tau + theta[k];
            if (i == 0)
                at_zero += fit;
            else
                values[i - 1] -= fit;
        }
    }
    return at_zero;
}

void store_items(PreparedPanel& out, std::size_t series) {
    const std::size_t m = out.differences;
    const std::span<const double> d{out.difference_of(series), m};
    const double* z = out.level_of(series);
    for (std::size_t h = 0; h <= out.lags; ++h) {
        out.own_products[h * out.stride + series] = dot(d.subspan(h), d.first(m - h));
        out.first_level[h * out.stride + series] = z[h];
        out.last_level[h * out.stride + series] = z[m - h];
        if (h == out.lags) break;
        out.first_difference[h * out.stride + series] = d[h];
        out.last_difference[h * out.stride + series] = d[m - 1 - h];
    }
}

/// Scales and detrends one series into the panel. @return  what is wrong with it
Status add_series(PreparedPanel& out, std::size_t index, std::span<const double> series,
                  const LeastSquares& basis) {
    if (Status ok = check_series(series, 1); !ok) return ok;
    ScaledSeries scaled = scale_series(series, out.trend == Trend::none ? Shift::none : Shift::mean);
    const double n = static_cast<double>(series.size());
    const double total = dot(scaled.values, scaled.values);
    const double deviation = std::sqrt(total / n);
    for (double& v : scaled.values) v /= deviation;
    out.unit[index] = deviation * scaled.scale;
    out.total[index] = n;
    double at_zero = 0;
    if (out.trend != Trend::none) at_zero = remove_trend(scaled.values, basis);
    out.intercept[index] = scaled.shift + out.unit[index] * at_zero;
    out.sum_squares[index] = dot(scaled.values, scaled.values);
    if (out.sum_squares[index] <= 1e-20 * n)
        return fail(Errc::constant_series, "the series is nothing but trend");
    double* z = out.level.data() + index * out.observations;
    double* d = out.difference.data() + index * out.differences;
    for (std::size_t t = 0; t < out.observations; ++t) z[t] = scaled.values[t];
    for (std::size_t t = 0; t < out.differences; ++t) d[t] = z[t + 1] - z[t];
    store_items(out, index);
    return {};
}

Result<std::size_t> choose_lags(std::size_t n, const ScanOptions& options) {
    // The residual is tested without deterministics, whatever the trend of the first step.
    const int limit = static_cast<int>(n / 2) - 1;
    const int lags = options.lags_max.value_or(default_lags_max(n, Trend::none));
    if (lags < 0) return fail(Errc::invalid_argument, fmt::format("the maximal lag {} is negative", lags));
    if (lags > limit) {
        return fail(Errc::invalid_argument,
                    fmt::format("the maximal lag {} is above {} for {} values", lags, limit, n));
    }
    const std::size_t length_min = 4 * (static_cast<std::size_t>(lags) + trend_columns(options.trend) + 2);
    if (n < length_min) {
        return fail(Errc::too_short,
                    fmt::format("a scan with up to {} lags needs {} values, found {}", lags, length_min, n));
    }
    return static_cast<std::size_t>(lags);
}

}  // namespace

Result<PreparedPanel> prepare_panel(const PanelView& panel, const ScanOptions& options) {
    const std::size_t count = panel.series.size();
    if (count < 2) return fail(Errc::empty, fmt::format("a scan needs two series, found {}", count));
    const std::size_t n = panel.series[0].size();
    for (std::size_t i = 0; i < count; ++i) {
        if (panel.series[i].size() == n) continue;
        return fail(Errc::length_mismatch,
                    fmt::format("series 0 has {} values, series {} has {}", n, i, panel.series[i].size()));
    }
    if (n < 4) return fail(Errc::too_short, fmt::format("a scan needs more than {} values", n));
    const Result<std::size_t> lags = choose_lags(n, options);
    if (!lags) return fail(lags.error());

    PreparedPanel out;
    out.series_count = count;
    out.stride = (count + kLanesMax - 1) / kLanesMax * kLanesMax + kLanesMax;
    out.observations = n;
    out.differences = n - 1;
    out.lags = *lags;
    out.trend = options.trend;
    out.level.resize(count * n);
    out.difference.resize(count * (n - 1));
    for (auto* by_series : {&out.sum_squares, &out.total, &out.unit, &out.intercept})
        by_series->resize(out.stride);
    for (auto* by_item : {&out.own_products, &out.first_level, &out.last_level})
        by_item->resize((*lags + 1) * out.stride);
    for (auto* by_item : {&out.first_difference, &out.last_difference}) by_item->resize(*lags * out.stride);
    out.usable.resize(count);
    const LeastSquares basis = trend_basis(n, options.trend);
    for (std::size_t i = 0; i < count; ++i) {
        Status ok = add_series(out, i, panel.series[i], basis);
        out.usable[i] = ok.has_value();
        if (!ok) out.faults.push_back({i, std::move(ok.error())});
    }
    return out;
}

}  // namespace plumb::stats
