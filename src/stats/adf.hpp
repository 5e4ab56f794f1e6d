#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "stats/trend.hpp"

namespace plumb::stats {

/// How the number of lagged differences is chosen.
enum class LagChoice : unsigned char {
    aic,  ///< smallest Akaike criterion over 0..lags_max, on the rows lags_max leaves; the smaller lag on a
          ///< tie
    bic,  ///< the same with Schwarz' criterion
    t_stat,  ///< from lags_max down, the first lag whose last coefficient is significant at 10 % (|t|
             ///< >= 1.6448536...)
    fixed,   ///< lags_max itself
};

struct AdfOptions {
    Trend trend = Trend::constant;
    LagChoice lag_choice = LagChoice::aic;
    std::optional<int> lags_max{};  ///< default: default_lags_max
};

struct AdfResult {
    double statistic = 0;
    double p_value = 0;  ///< MacKinnon 1994
    int used_lag = 0;
    std::size_t rows = 0;              ///< rows of the final regression
    std::array<double, 3> critical{};  ///< 1, 5, 10 %: MacKinnon 2010
    std::optional<double>
        criterion;  ///< best AIC or BIC, or |t| of the last lag; absent for LagChoice::fixed
};

/// min(n/2 - deterministics - 1, ceil(12 (n/100)^(1/4))) (Schwert 1989); negative where the sample is too
/// short.
int default_lags_max(std::size_t observations, Trend trend);

/// Augmented Dickey-Fuller test of a unit root in `series` (oldest first, evenly spaced): the t-statistic of
/// the level in the regression of differences on level, deterministics and lagged differences. Same decisions
/// as statsmodels' adfuller.
///
/// @return  empty · not_finite · constant_series · too_short (n < 3 (k + 2), k = 1 + deterministics, or no
/// degree of freedom
///          left) · invalid_argument (lags_max negative or above n/2 - deterministics - 1) · singular (the
///          level is a function of the trend, a fixed lag adds nothing, or the fit is exact)
/// Invariant to the unit of the series. Cost: one QR, 2 n (lags_max + 4)^2 flops.
/// Checked against testdata/stats/adf.json.
Result<AdfResult> adf_test(std::span<const double> series, const AdfOptions& options = {});

}  // namespace plumb::stats
