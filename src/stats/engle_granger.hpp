#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "stats/adf.hpp"
#include "stats/linear_regression.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// 1 - R^2 at or below which two series count as the same thing (wrapped tokens, share classes): 100
/// sqrt(2^-52).
constexpr double kCollinearShare = 100 * 1.4901161193847656e-08;

struct EngleGrangerOptions {
    Trend trend = Trend::constant;  ///< of the first step; Trend::none compares R^2 about zero: do not offer
                                    ///< it for prices
    LagChoice lag_choice = LagChoice::aic;
    std::optional<int> lags_max{};
};

struct EngleGrangerResult {
    double statistic = 0;
    double p_value = 0;  ///< MacKinnon 1994 for the trend and 1 + x.size() series
    int used_lag = 0;
    std::size_t rows = 0;  ///< of the final ADF regression
    std::optional<std::array<double, 3>>
        critical;  ///< 1, 5, 10 %: MacKinnon 2010 with n - 1; absent for Trend::none
    std::optional<double> criterion;
    LinearFit hedge;  ///< the first step: slopes are the hedge ratios, residuals the spread
};

/// Engle-Granger test of no cointegration: the ADF t-statistic (no deterministics) of the residuals of y on
/// (x.., trend).
///
/// @param y  n values, oldest first, evenly spaced; prices or log prices
/// @param x  one to five series of the same length
/// @return   errors of fit_linear and adf_test, and collinear where 1 - R^2 <= kCollinearShare (statsmodels
/// answers p = 0) Same decisions as statsmodels' coint. Invariant to the units of y and x. Cost: two QRs.
/// Checked against testdata/stats/coint.json and Chan's published tests.
Result<EngleGrangerResult> engle_granger(std::span<const double> y,
                                         std::span<const std::span<const double>> x,
                                         const EngleGrangerOptions& options = {});
Result<EngleGrangerResult> engle_granger(std::span<const double> y, std::span<const double> x,
                                         const EngleGrangerOptions& options = {});

}  // namespace plumb::stats
