#include "stats/hurst.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "stats/series_check.hpp"

namespace plumb::stats {
namespace {

double slope(std::span<const double> u, std::span<const double> v) {
    const double n = static_cast<double>(u.size());
    double mean_u = 0;
    double mean_v = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        mean_u += u[i] / n;
        mean_v += v[i] / n;
    }
    double suv = 0;
    double suu = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        suv += (u[i] - mean_u) * (v[i] - mean_v);
        suu += (u[i] - mean_u) * (u[i] - mean_u);
    }
    return suv / suu;
}

double deviation_of_differences(std::span<const double> x, std::size_t lag) {
    const std::size_t n = x.size() - lag;
    double mean = 0;
    for (std::size_t t = 0; t < n; ++t) mean += x[t + lag] - x[t];
    mean /= static_cast<double>(n);
    double sum = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double d = (x[t + lag] - x[t]) - mean;
        sum += d * d;
    }
    return std::sqrt(sum / static_cast<double>(n));
}

/// Range of the cumulated deviations over the standard deviation; absent where the increments are all equal.
std::optional<double> rescaled_range(std::span<const double> increments) {
    const double n = static_cast<double>(increments.size());
    if (std::ranges::all_of(increments, [&](double d) { return d == increments[0]; })) return std::nullopt;
    double mean = 0;
    for (const double d : increments) mean += d;
    mean /= n;
    double sum_squares = 0;
    double cumulated = 0;
    double low = 0;
    double high = 0;
    for (std::size_t i = 0; i < increments.size(); ++i) {
        const double d = increments[i] - mean;
        sum_squares += d * d;
        cumulated += d;
        low = i == 0 ? cumulated : std::min(low, cumulated);
        high = i == 0 ? cumulated : std::max(high, cumulated);
    }
    return (high - low) / std::sqrt(sum_squares / n);
}

}  // namespace

Result<double> hurst_from_deviations(std::span<const double> series, std::size_t lag_min,
                                     std::size_t lag_max) {
    if (lag_min < 1 || lag_max <= lag_min) {
        return fail(Errc::invalid_argument,
                    fmt::format("expected 1 <= lag_min < lag_max, found {} and {}", lag_min, lag_max));
    }
    if (Status ok = check_series(series, lag_max + 2); !ok) return fail(std::move(ok.error()));
    const ScaledSeries scaled = scale_series(series, Shift::mean);
    std::vector<double> log_lag;
    std::vector<double> log_deviation;
    for (std::size_t lag = lag_min; lag <= lag_max; ++lag) {
        const double deviation = deviation_of_differences(scaled.values, lag);
        if (!(deviation > 1e-14))
            return fail(Errc::singular, fmt::format("all differences at lag {} are equal", lag));
        log_lag.push_back(std::log(static_cast<double>(lag)));
        log_deviation.push_back(std::log(deviation));
    }
    return slope(log_lag, log_deviation);
}

Result<RescaledRange> hurst_from_rescaled_range(std::span<const double> series, std::size_t window_min) {
    if (window_min < 2)
        return fail(Errc::invalid_argument,
                    fmt::format("window_min must be at least 2, found {}", window_min));
    if (Status ok = check_series(series, 4 * window_min + 1); !ok) return fail(std::move(ok.error()));
    const ScaledSeries scaled = scale_series(series, Shift::mean);
    std::vector<double> increments(series.size() - 1);
    for (std::size_t t = 0; t < increments.size(); ++t)
        increments[t] = (series[t + 1] - series[t]) / scaled.scale;

    RescaledRange out;
    std::vector<double> log_window;
    std::vector<double> log_range;
    for (std::size_t window = window_min; window <= increments.size() / 2; window *= 2) {
        double sum = 0;
        std::size_t used = 0;
        for (std::size_t start = 0; start + window <= increments.size(); start += window) {
            const auto range = rescaled_range(std::span<const double>{increments}.subspan(start, window));
            if (!range) continue;
            sum += *range;
            ++used;
        }
        if (used == 0) continue;
        out.windows.push_back(window);
        log_window.push_back(std::log(static_cast<double>(window)));
        log_range.push_back(std::log(sum / static_cast<double>(used)));
    }
    if (out.windows.size() < 2)
        return fail(Errc::too_short, "fewer than two window lengths have moving increments");
    out.hurst = slope(log_window, log_range);
    return out;
}

}  // namespace plumb::stats
