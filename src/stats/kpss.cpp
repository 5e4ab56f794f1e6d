#include "stats/kpss.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/least_squares.hpp"
#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

constexpr std::array<double, 4> kPValues{0.10, 0.05, 0.025, 0.01};
constexpr std::array<double, 4> kCriticalLevel{0.347, 0.463, 0.574, 0.739};
constexpr std::array<double, 4> kCriticalTrend{0.119, 0.146, 0.176, 0.216};

double lagged_product(std::span<const double> e, std::size_t lag) {
    return dot(e.subspan(lag), e.first(e.size() - lag));
}

int automatic_lags(std::span<const double> e) {
    const double n = static_cast<double>(e.size());
    const std::size_t lags = static_cast<std::size_t>(std::pow(n, 2.0 / 9.0));
    double s0 = dot(e, e) / n;
    double s1 = 0;
    for (std::size_t i = 1; i <= lags; ++i) {
        const double product = lagged_product(e, i) / (n / 2);
        s0 += product;
        s1 += static_cast<double>(i) * product;
    }
    if (s0 == 0) return 0;
    const double ratio = s1 / s0;
    const double gamma = 1.1447 * std::pow(ratio * ratio, 1.0 / 3.0);
    const double wanted = gamma * std::pow(n, 1.0 / 3.0);
    return wanted >= n - 1 ? static_cast<int>(e.size()) - 1 : static_cast<int>(wanted);
}

double long_run_variance(std::span<const double> e, int lags) {
    double sum = dot(e, e);
    for (int i = 1; i <= lags; ++i) {
        sum +=
            2 * lagged_product(e, static_cast<std::size_t>(i)) * (1 - static_cast<double>(i) / (lags + 1.0));
    }
    return sum / static_cast<double>(e.size());
}

double interpolate(double x, const std::array<double, 4>& points) {
    if (x <= points.front()) return kPValues.front();
    if (x >= points.back()) return kPValues.back();
    std::size_t i = 0;
    while (x > points[i + 1]) ++i;
    return kPValues[i] + (kPValues[i + 1] - kPValues[i]) / (points[i + 1] - points[i]) * (x - points[i]);
}

/// Subtracts the line through time; the mean is gone already.
void remove_line(std::span<double> v) {
    const double n = static_cast<double>(v.size());
    const double middle = (n - 1) / 2;
    for (int pass = 0; pass < 2; ++pass) {
        double stv = 0;
        double mean = 0;
        for (std::size_t t = 0; t < v.size(); ++t) {
            stv += (static_cast<double>(t) - middle) * v[t];
            mean += v[t] / n;
        }
        const double slope = stv / (n * (n * n - 1) / 12);
        for (std::size_t t = 0; t < v.size(); ++t) v[t] -= mean + slope * (static_cast<double>(t) - middle);
    }
}

Result<int> choose_lags(std::span<const double> e, const KpssOptions& options) {
    const int largest = static_cast<int>(e.size()) - 1;
    switch (options.rule) {
        case KpssLags::automatic: return std::min(automatic_lags(e), largest);
        case KpssLags::legacy: {
            const double schwert = std::ceil(12.0 * std::pow(static_cast<double>(e.size()) / 100.0, 0.25));
            return std::min(static_cast<int>(schwert), largest);
        }
        case KpssLags::fixed: break;
    }
    if (options.lags < 0 || options.lags > largest) {
        return fail(Errc::invalid_argument,
                    fmt::format("lags must be in 0..{}, found {}", largest, options.lags));
    }
    return options.lags;
}

}  // namespace

Result<KpssResult> kpss_test(std::span<const double> series, const KpssOptions& options) {
    if (options.trend != Trend::constant && options.trend != Trend::linear) {
        return fail(Errc::invalid_argument, "KPSS knows the trends c and ct");
    }
    if (Status ok = check_series(series, 3 * (trend_columns(options.trend) + 2)); !ok)
        return fail(std::move(ok.error()));
    std::vector<double> e = scale_series(series, Shift::mean).values;
    const double total = dot(e, e);
    if (options.trend == Trend::linear) remove_line(e);
    if (dot(e, e) <= 1e-26 * total) return fail(Errc::singular, "the series is a straight line");
    const Result<int> lags = choose_lags(e, options);
    if (!lags) return fail(lags.error());

    KpssResult out;
    out.lags = *lags;
    out.critical = options.trend == Trend::constant ? kCriticalLevel : kCriticalTrend;
    double cumulated = 0;
    double eta = 0;
    for (const double v : e) {
        cumulated += v;
        eta += cumulated * cumulated;
    }
    const double n = static_cast<double>(e.size());
    const double variance = long_run_variance(e, out.lags);
    if (!(variance > 0)) return fail(Errc::singular, "the long-run variance is zero");
    out.statistic = eta / (n * n) / variance;
    out.p_value = interpolate(out.statistic, out.critical);
    return out;
}

}  // namespace plumb::stats
