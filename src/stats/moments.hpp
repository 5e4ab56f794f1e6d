#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/result.hpp"

namespace plumb::stats {

/// Moments of one series. Skewness and excess kurtosis are the population ones (no small-sample correction),
/// absent where the variance is zero.
struct Moments {
    std::size_t count = 0;
    double mean = 0;
    double variance_population = 0;  ///< divisor n
    double variance_sample = 0;      ///< divisor n - 1
    double min = 0;
    double max = 0;
    std::optional<double> skewness;
    std::optional<double> kurtosis_excess;

    double deviation_population() const;
    double deviation_sample() const;
};

/// Moments of two series; what divides by a zero variance is absent.
struct CoMoments {
    double covariance_sample = 0;
    std::optional<double> correlation;
    std::optional<double> slope;  ///< of y on (x, 1)
    std::optional<double> intercept;
    std::optional<double> slope_no_constant;  ///< of y on x alone
};

/// Two passes relative to the first value, in extended precision: 1e12 + {4, 7, 13, 16} has variance 22.5,
/// not 0.
/// @return  empty · not_finite · too_short (fewer than 2 values) · out_of_range
/// Cost: O(n), no allocation. Checked against exact rational arithmetic, testdata/stats/moments.json.
Result<Moments> moments(std::span<const double> x);

/// @return  also length_mismatch
Result<CoMoments> co_moments(std::span<const double> x, std::span<const double> y);

}  // namespace plumb::stats
