#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace plumb::stats {

/// What every statistic asks of a series before it computes: values there, finite, and not all the same.
///
/// @return empty · too_short (fewer than `length_min`) · not_finite (names the index) · out_of_range (max -
/// min overflows)
///         · constant_series (max = min, or a standard deviation below 64 units in the last place of the
///         mean)
/// Cost: O(n), no allocation unless it fails.
Status check_series(std::span<const double> series, std::size_t length_min);

/// As check_series, but a constant series is welcome.
Status check_finite(std::span<const double> series, std::size_t length_min);

/// A series in units in which nothing overflows: value = shift + scale * values[i]. `scale` is a power of
/// two, so scaling is exact and results do not depend on the unit of price.
struct ScaledSeries {
    std::vector<double> values;
    double shift = 0;
    double scale = 1;
};

enum class Shift : unsigned char { none, mean };

/// Shift::mean removes the mean (computed relative to the first value, so that 1e12 + noise keeps its noise).
/// Expects a series that passed check_finite.
ScaledSeries scale_series(std::span<const double> series, Shift shift);

}  // namespace plumb::stats
