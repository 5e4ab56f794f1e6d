#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/result.hpp"

namespace plumb::stats {

struct ReturnOptions {
    double periods_per_year = 252;
    double risk_free_per_period = 0;
    double minimum_acceptable_per_period = 0;  ///< MAR of downside deviation and Sortino
};

/// Performance of an equity curve e, r_t = e_t / e_t-1 - 1. A ratio whose denominator is zero is absent.
struct ReturnMetrics {
    double total_return = 0;
    double mean = 0;                ///< of r, per period
    double deviation_sample = 0;    ///< of r, divisor n - 1
    double volatility_annual = 0;   ///< deviation sqrt(periods per year)
    double cagr = 0;                ///< (e_n / e_0)^(periods per year / n) - 1
    std::optional<double> sharpe;   ///< mean(r - rf) / std(r - rf) sqrt(ppy); Sharpe 1994
    double downside_deviation = 0;  ///< sqrt(mean(min(r - mar, 0)^2)), mean over all periods
    std::optional<double> sortino;  ///< mean(r - mar) / downside deviation sqrt(ppy); Sortino and Price 1994
    double drawdown_max = 0;        ///< min(e / peak - 1), <= 0
    std::size_t drawdown_peak_index = 0;  ///< first bar at the peak the deepest fall started from
    std::size_t drawdown_trough_index = 0;
    std::size_t underwater_bars_max = 0;  ///< longest run below a former peak
    std::optional<double> calmar;         ///< cagr / |drawdown_max|; Young 1991
    double ulcer_index = 0;               ///< sqrt(mean(drawdown^2)), as a fraction; Martin 1987
    double hit_rate = 0;                  ///< share of periods with r > 0
    std::optional<double> gain_to_pain;   ///< sum(r) / sum(|r|, r < 0); Schwager
    double value_at_risk_95 = 0;  ///< minus the 5 % quantile of r, linear interpolation (Hyndman-Fan type 7)
    double expected_shortfall_95 = 0;  ///< minus the mean of the worst ceil(0.05 n) returns
};

/// @param equity  account value at each bar, all > 0, at least three
/// @return        empty · not_finite · too_short · non_positive · invalid_argument (periods_per_year not
/// positive) Cost: O(n log n). Checked against testdata/stats/performance.json.
Result<ReturnMetrics> return_metrics(std::span<const double> equity, const ReturnOptions& options);

}  // namespace plumb::stats
