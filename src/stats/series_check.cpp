#include "stats/series_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace plumb::stats {
namespace {

constexpr double kDeviationMinUlps = 64;

double ulp(double value) {
    const double magnitude = std::fabs(value);
    return std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
}

bool is_constant(std::span<const double> series) {
    const ScaledSeries scaled = scale_series(series, Shift::mean);
    double sum_squares = 0;
    for (const double v : scaled.values) sum_squares += v * v;
    if (sum_squares == 0) return true;
    const double deviation = scaled.scale * std::sqrt(sum_squares / static_cast<double>(series.size()));
    return deviation < kDeviationMinUlps * ulp(scaled.shift);
}

}  // namespace

Status check_finite(std::span<const double> series, std::size_t length_min) {
    if (series.empty()) return fail(Errc::empty, "the series has no values");
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (!std::isfinite(series[i]))
            return fail(Errc::not_finite, fmt::format("value {} is {}", i, series[i]));
    }
    if (series.size() < length_min) {
        return fail(Errc::too_short,
                    fmt::format("expected at least {} values, found {}", length_min, series.size()));
    }
    const auto [low, high] = std::minmax_element(series.begin(), series.end());
    if (!std::isfinite(*high - *low)) {
        return fail(Errc::out_of_range, fmt::format("the range {} .. {} overflows", *low, *high));
    }
    return {};
}

Status check_series(std::span<const double> series, std::size_t length_min) {
    if (Status ok = check_finite(series, length_min); !ok) return ok;
    if (is_constant(series)) return fail(Errc::constant_series, fmt::format("all values are {}", series[0]));
    return {};
}

ScaledSeries scale_series(std::span<const double> series, Shift shift) {
    ScaledSeries out;
    out.values.assign(series.begin(), series.end());
    const double origin = shift == Shift::mean ? series[0] : 0.0;
    double largest = 0;
    for (double& v : out.values) {
        v -= origin;
        largest = std::max(largest, std::fabs(v));
    }
    if (largest > 0) out.scale = std::ldexp(1.0, std::ilogb(largest));
    double sum = 0;
    for (double& v : out.values) {
        v /= out.scale;
        sum += v;
    }
    if (shift == Shift::none) return out;
    const double mean = sum / static_cast<double>(series.size());
    for (double& v : out.values) v -= mean;
    out.shift = origin + out.scale * mean;
    return out;
}

}  // namespace plumb::stats
