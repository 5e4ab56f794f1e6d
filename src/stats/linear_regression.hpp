#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// An ordinary least-squares fit y = sum_j slope_j x_j + const + c t + d t^2, t = 1..n, as far as the trend
/// goes.
struct LinearFit {
    std::vector<double> parameters;       ///< slopes in the order of x, then const, t, t^2
    std::vector<double> standard_errors;  ///< of the parameters: s^2 = ssr / (n - parameters)
    std::vector<double> t_values;
    std::vector<double> residuals;   ///< y minus fit, oldest first, units of y
    double one_minus_r_squared = 0;  ///< ssr / total; centred where there is a constant, else about zero
    double ssr = 0;                  ///< sum of squared residuals
    double log_likelihood = 0;       ///< -n/2 (ln 2 pi + ln(ssr/n) + 1)
    double aic = 0;                  ///< -2 llf + 2 k
    double bic = 0;                  ///< -2 llf + k ln n

    double r_squared() const { return 1 - one_minus_r_squared; }
};

/// Ordinary least squares by Householder QR on centred, scaled columns with one step of refinement.
///
/// @param y      n values, oldest first
/// @param x      one or more regressors, n values each
/// @return       empty · length_mismatch · not_finite · too_short (n < 3 (k + 2), k all parameters) ·
/// constant_series ·
///               singular (the regressors depend on each other: names the first that does) · collinear (y is
///               an exact linear function of x) · out_of_range (ssr is not a double)
/// Invariant to the units of y and of each x. Cost: 2 n k^2 flops.
/// Checked against testdata/stats/ols.json.
Result<LinearFit> fit_linear(std::span<const double> y, std::span<const std::span<const double>> x,
                             Trend trend);

/// The same with a single regressor.
Result<LinearFit> fit_linear(std::span<const double> y, std::span<const double> x, Trend trend);

}  // namespace plumb::stats
