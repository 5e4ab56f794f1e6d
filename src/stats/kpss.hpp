#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/result.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// How many autocovariances enter the long-run variance.
enum class KpssLags : unsigned char {
    automatic,  ///< Hobijn, Franses and Ooms 2004
    legacy,     ///< min(ceil(12 (n/100)^(1/4)), n - 1) (Schwert 1989)
    fixed,
};

struct KpssOptions {
    Trend trend = Trend::constant;  ///< constant (level-stationary) or linear (trend-stationary)
    KpssLags rule = KpssLags::automatic;
    int lags = 0;  ///< for KpssLags::fixed
};

struct KpssResult {
    double statistic = 0;
    double p_value = 0;  ///< interpolated between the four tabulated points, clipped to [0.01, 0.1]
    int lags = 0;
    std::array<double, 4> critical{};  ///< 10, 5, 2.5, 1 %
};

/// Test of the null that a series is stationary (the reverse of ADF), Bartlett kernel.
///
/// @return  empty · not_finite · too_short (n < 3 (k + 2), k = 1 or 2) · constant_series · singular (the
/// series is its trend) ·
///          invalid_argument (other trends; lags negative or >= n)
/// Source: Kwiatkowski, Phillips, Schmidt and Shin (1992), table 1. Cost: O(n lags). Checked against
/// testdata/stats/kpss.json.
Result<KpssResult> kpss_test(std::span<const double> series, const KpssOptions& options = {});

}  // namespace plumb::stats
