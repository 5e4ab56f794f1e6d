#include "stats/adf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "stats/least_squares.hpp"
#include "stats/mackinnon.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

constexpr double kLagSignificance = 1.6448536269514722;  // standard normal, 95 %
constexpr double kExactFitShare = 1e-22;

/// Fills 1, tau, tau^2 with tau in [-1, 1] over the rows; which interval is irrelevant to every other
/// coefficient.
void fill_trend(LeastSquares& design, std::size_t first_column, Trend trend) {
    const std::size_t rows = design.rows();
    for (std::size_t power = 0; power < trend_columns(trend); ++power) {
        const std::span<double> column = design.column(first_column + power);
        for (std::size_t i = 0; i < rows; ++i) {
            const double tau =
                2 * static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(rows - 1, 1)) - 1;
            column[i] = power == 0 ? 1.0 : (power == 1 ? tau : tau * tau);
        }
    }
}

/// The scaled series and its differences: d[t] = x[t + 1] - x[t].
struct Differenced {
    std::vector<double> level;
    std::vector<double> difference;
    double scale = 1;

    std::size_t rows(int lag) const { return difference.size() - static_cast<std::size_t>(lag); }
    void copy_level(int lag, std::span<double> out) const {
        std::copy_n(level.begin() + lag, out.size(), out.begin());
    }
    void copy_difference(int lag, int back, std::span<double> out) const {
        std::copy_n(difference.begin() + (lag - back), out.size(), out.begin());
    }
};

Differenced prepare(std::span<const double> series, Trend trend) {
    ScaledSeries scaled = scale_series(series, trend == Trend::none ? Shift::none : Shift::mean);
    Differenced out;
    out.scale = scaled.scale;
    out.level = std::move(scaled.values);
    // Differences of the input, not of the centred level: exact for neighbouring prices.
    for (std::size_t t = 0; t + 1 < series.size(); ++t)
        out.difference.push_back((series[t + 1] - series[t]) / out.scale);
    return out;
}

struct Search {
    int lag;
    double criterion;
};

/// All lags 0..lags_max from one factorisation, columns ordered (trend, level, d-1, d-2, ...).
Result<Search> search_lag(const Differenced& data, const AdfOptions& options, int lags_max) {
    const std::size_t rows = data.rows(lags_max);
    const std::size_t base = trend_columns(options.trend) + 1;
    const std::size_t columns = base + static_cast<std::size_t>(lags_max);
    if (rows <= columns) {
        return fail(Errc::too_short,
                    fmt::format("{} rows for {} parameters at lag {}", rows, columns, lags_max));
    }
    LeastSquares design{rows, columns};
    fill_trend(design, 0, options.trend);
    data.copy_level(lags_max, design.column(base - 1));
    for (int lag = 1; lag <= lags_max; ++lag) {
        data.copy_difference(lags_max, lag, design.column(base - 1 + static_cast<std::size_t>(lag)));
    }
    design.factor();
    if (design.rank_before(base) < base) return fail(Errc::singular, "the level is a function of the trend");
    std::vector<double> projected(rows);
    data.copy_difference(lags_max, 0, projected);
    const double total = dot(projected, projected);
    design.project(projected);
    std::vector<double> ssr(rows + 1, 0.0);  // ssr[r]: residual after r independent columns
    for (std::size_t i = rows; i-- > 0;) ssr[i] = ssr[i + 1] + projected[i] * projected[i];

    const double n = static_cast<double>(rows);
    const auto last_t = [&](int lag) {
        const std::size_t column = base - 1 + static_cast<std::size_t>(lag);
        if (!design.independent(column)) return 0.0;
        const std::size_t rank = design.rank_before(column + 1);
        return std::fabs(projected[design.pivot_row(column)]) /
               std::sqrt(ssr[rank] / (n - static_cast<double>(rank)));
    };
    if (options.lag_choice == LagChoice::t_stat) {
        for (int lag = lags_max; lag >= 0; --lag) {
            const double t = last_t(lag);
            if (t >= kLagSignificance || lag == 0) return Search{lag, t};
        }
    }
    Search best{0, 0};
    for (int lag = 0; lag <= lags_max; ++lag) {
        const std::size_t rank = design.rank_before(base + static_cast<std::size_t>(lag));
        if (ssr[rank] <= kExactFitShare * total) {
            return fail(
                Errc::singular,
                fmt::format("the differences are an exact function of the regressors at lag {}", lag));
        }
        const double k = static_cast<double>(rank);
        const double penalty = options.lag_choice == LagChoice::aic ? 2 * k : k * std::log(n);
        const double log_variance = std::log(ssr[rank] / n) + 2 * std::log(data.scale);
        const double criterion = n * (std::log(2 * std::numbers::pi) + log_variance + 1) + penalty;
        if (lag == 0 || criterion < best.criterion) best = {lag, criterion};
    }
    return best;
}

/// The t-statistic of the level with `lag` lags on all rows they allow; the level is the last column.
Result<double> level_statistic(const Differenced& data, Trend trend, int lag) {
    const std::size_t rows = data.rows(lag);
    const std::size_t base = trend_columns(trend);
    const std::size_t columns = base + static_cast<std::size_t>(lag) + 1;
    if (rows <= columns) {
        return fail(Errc::too_short, fmt::format("{} rows for {} parameters at lag {}", rows, columns, lag));
    }
    LeastSquares design{rows, columns};
    fill_trend(design, 0, trend);
    for (int back = 1; back <= lag; ++back)
        data.copy_difference(lag, back, design.column(base + static_cast<std::size_t>(back) - 1));
    data.copy_level(lag, design.column(columns - 1));
    design.factor();
    if (!design.full_rank())
        return fail(Errc::singular, fmt::format("the regressors depend on each other at lag {}", lag));
    std::vector<double> projected(rows);
    data.copy_difference(lag, 0, projected);
    const double total = dot(projected, projected);
    design.project(projected);
    const std::span<const double> rest = std::span<const double>{projected}.subspan(columns);
    const double ssr = dot(rest, rest);
    if (ssr <= kExactFitShare * total) {
        return fail(Errc::singular,
                    fmt::format("the differences are an exact function of the regressors at lag {}", lag));
    }
    const double deviation = std::sqrt(ssr / static_cast<double>(rows - columns));
    const double sign = design.r(columns - 1, columns - 1) < 0 ? -1.0 : 1.0;
    return sign * projected[columns - 1] / deviation;
}

Result<int> chosen_lags_max(std::size_t n, const AdfOptions& options) {
    const int limit = static_cast<int>(n / 2) - static_cast<int>(trend_columns(options.trend)) - 1;
    const int lags_max = options.lags_max.value_or(default_lags_max(n, options.trend));
    if (options.lags_max && lags_max < 0)
        return fail(Errc::invalid_argument, fmt::format("the maximal lag {} is negative", lags_max));
    if (lags_max < 0) return fail(Errc::too_short, fmt::format("{} values are too few for the trend", n));
    if (lags_max > limit) {
        return fail(Errc::invalid_argument,
                    fmt::format("the maximal lag {} is above {} for {} values", lags_max, limit, n));
    }
    return lags_max;
}

}  // namespace

int default_lags_max(std::size_t observations, Trend trend) {
    const int schwert =
        static_cast<int>(std::ceil(12.0 * std::pow(static_cast<double>(observations) / 100.0, 0.25)));
    return std::min(static_cast<int>(observations / 2) - static_cast<int>(trend_columns(trend)) - 1, schwert);
}

Result<AdfResult> adf_test(std::span<const double> series, const AdfOptions& options) {
    const std::size_t length_min = 3 * (trend_columns(options.trend) + 3);
    if (Status ok = check_series(series, length_min); !ok) return fail(std::move(ok.error()));
    const Result<int> lags_max = chosen_lags_max(series.size(), options);
    if (!lags_max) return fail(lags_max.error());
    const Differenced data = prepare(series, options.trend);

    AdfResult result;
    result.used_lag = *lags_max;
    if (options.lag_choice != LagChoice::fixed) {
        const Result<Search> found = search_lag(data, options, *lags_max);
        if (!found) return fail(found.error());
        result.used_lag = found->lag;
        result.criterion = found->criterion;
    }
    const Result<double> statistic = level_statistic(data, options.trend, result.used_lag);
    if (!statistic) return fail(statistic.error());
    result.statistic = *statistic;
    result.rows = data.rows(result.used_lag);
    result.p_value = mackinnon_p_value(*statistic, options.trend, 1).value();
    result.critical = mackinnon_critical_values(options.trend, 1, static_cast<double>(result.rows)).value();
    return result;
}

}  // namespace plumb::stats
