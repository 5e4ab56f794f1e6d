#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// Critical values are tabulated for so many series.
constexpr std::size_t kJohansenSeriesMax = 12;

struct JohansenOptions {
    /// none: levels as they are; constant: levels demeaned (an unrestricted constant); linear: their trend
    /// removed.
    Trend trend = Trend::constant;
    int lagged_differences = 1;
};

struct JohansenResult {
    std::vector<double> eigenvalues;     ///< squared canonical correlations, descending
    std::vector<double> trace;           ///< entry r tests "at most r relations": -T sum_{i >= r} ln(1 - l_i)
    std::vector<double> max_eigenvalue;  ///< entry r: -T ln(1 - l_r)
    std::vector<std::array<double, 3>> trace_critical;  ///< 90, 95, 99 %
    std::vector<std::array<double, 3>> max_eigenvalue_critical;
    /// relations[r] are the weights of the series in relation r, the first of them 1 (an eigenvector divided
    /// by its first entry).
    std::vector<std::vector<double>> relations;
    std::size_t rows = 0;  ///< T = n - 1 - lagged_differences
};

/// Johansen's cointegration test of two to twelve series, with the level lagged by one bar for any number of
/// lags. (statsmodels uses the current level where lagged_differences = 0, which is another test: its issue
/// 7459.)
///
/// @param series  columns of equal length, oldest first, evenly spaced
/// @return        length_mismatch · not_finite · constant_series · too_short · unsupported (number of series,
/// trend quadratic) ·
///                invalid_argument (negative lags) · singular (names the series that depends on those before
///                it)
/// Method: residuals of level and difference on lagged differences by QR, then the singular values of Q0' Qk.
/// Invariant to units. Source: Johansen (1991), Econometrica 59; critical values MacKinnon, Haug and Michelis
/// (1999). Cost: about 2 n (p (lags + 2))^2 flops. Checked against testdata/stats/johansen.json and published
/// tests.
Result<JohansenResult> johansen_test(std::span<const std::span<const double>> series,
                                     const JohansenOptions& options = {});

}  // namespace plumb::stats
