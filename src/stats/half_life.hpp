#pragma once

#include <optional>
#include <span>

#include "base/result.hpp"

namespace plumb::stats {

/// The regression s[t] - s[t-1] = alpha + lambda s[t-1] + e.
struct MeanReversion {
    double lambda = 0;
    double alpha = 0;
    double lambda_error = 0;
    double lambda_t = 0;  ///< the ADF statistic with a constant and no lags
    /// Bars, -ln 2 / ln(1 + lambda); 0 where lambda <= -1 (the spread overshoots within a bar), absent where
    /// lambda >= 0.
    std::optional<double> half_life;
    /// Bars, -ln 2 / lambda, the approximation for small lambda that Chan prints; absent where lambda >= 0.
    std::optional<double> half_life_linear;
};

/// @param spread  oldest first, evenly spaced
/// @return        errors of fit_linear: empty · not_finite · too_short (fewer than 13 values) ·
/// constant_series · collinear Source: Chan, Algorithmic Trading (2013), section 2.2. Cost: O(n). Checked
/// against testdata/stats/meanrev.json.
Result<MeanReversion> fit_mean_reversion(std::span<const double> spread);

/// Half-life of mean reversion, in bars: ln 2 / -ln(1 + lambda).
/// @return  bars, > 0; not_mean_reverting when lambda >= 0 or lambda <= -1; else the errors of
/// fit_mean_reversion
Result<double> half_life(std::span<const double> spread);

}  // namespace plumb::stats
