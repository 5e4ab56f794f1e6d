#pragma once

#include <cstddef>
#include <span>

#include "base/result.hpp"

namespace plumb::stats {

/// Lo and MacKinlay's variance ratio with overlapping, unbiased variances: 1 for a random walk, below 1 where
/// moves are taken back.
struct VarianceRatio {
    double ratio = 0;
    double z_homoscedastic = 0;
    double p_homoscedastic = 0;  ///< two-sided, normal
    double z_robust = 0;         ///< against heteroscedasticity
    double p_robust = 0;
};

/// @param level  (log) prices or a spread, oldest first
/// @param q      bars aggregated, 2 <= q < number of differences
/// @return       empty · not_finite · too_short · constant_series (of the level, or of its differences) ·
/// invalid_argument Source: Lo and MacKinlay (1988), Review of Financial Studies 1, section 1. Cost: O(n q).
/// Checked against testdata/stats/meanrev.json.
Result<VarianceRatio> variance_ratio(std::span<const double> level, std::size_t q);

}  // namespace plumb::stats
