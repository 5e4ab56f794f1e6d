#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace plumb::stats {

/// Hurst exponent from the scaling of lagged differences: slope of ln std(x[t+l] - x[t]) (divisor n) on ln l,
/// l = lag_min..lag_max. 0.5 is a random walk, below reverts, above trends.
///
/// @return  empty · not_finite · constant_series · invalid_argument (lags not 1 <= min < max) · too_short
/// (fewer than
///          lag_max + 2 values) · singular (all differences at a lag are equal)
/// Cost: O(n (lag_max - lag_min)). Checked against testdata/stats/meanrev.json.
Result<double> hurst_from_deviations(std::span<const double> series, std::size_t lag_min,
                                     std::size_t lag_max);

struct RescaledRange {
    double hurst = 0;
    std::vector<std::size_t> windows;  ///< lengths that entered the slope
};

/// Hurst exponent from the mean rescaled range of the increments in adjacent windows of window_min, 2
/// window_min, .. <= half the increments; windows of zero deviation are skipped; no small-sample correction.
///
/// @return  as above; too_short where fewer than two window lengths fit; invalid_argument for window_min < 2
/// Source: Mandelbrot and Wallis (1969). Cost: O(n log n).
Result<RescaledRange> hurst_from_rescaled_range(std::span<const double> series, std::size_t window_min = 8);

}  // namespace plumb::stats
