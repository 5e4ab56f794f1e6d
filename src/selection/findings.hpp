#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "selection/panel.hpp"
#include "selection/refusal.hpp"

namespace plumb::selection {

/// What one series is by itself, judged on the fitting part.
struct LegReport {
    std::size_t rows = 0;  ///< closes in the fitting part
    std::optional<double>
        adf_p;  ///< of the closes, constant, lags by AIC; absent where it cannot be computed
    std::optional<double>
        volatility_year;             ///< standard deviation of log returns, annualised by the bar length
    double band_share = 0;           ///< share of closes within the peg band around 1
    std::optional<Refused> refused;  ///< pegged or leg_stationary
};

/// The cointegration test of y on x in one orientation.
struct OrientedTest {
    double statistic = 0;
    double p_value = 1;
    int used_lag = 0;
    double hedge_ratio = 0;  ///< units of x sold per unit of y bought
    double intercept = 0;    ///< quote currency
};

/// The spread y - hedge_ratio * x over the fitting part: what would be traded.
struct SpreadReport {
    double mean = 0;                  ///< quote currency, the intercept included
    double deviation = 0;             ///< quote currency, ddof 1
    std::optional<double> half_life;  ///< bars; absent where the spread does not revert
    std::size_t crossings = 0;        ///< of the mean
    double price_y = 0;               ///< last close of the fitting part
    double price_x = 0;
    double hedge_value = 0;      ///< |hedge ratio| * price_x / price_y: value of x per unit of value of y
    double gain_over_cost = 0;   ///< (z_entry - z_exit) deviations over the cost of a round trip of both legs
    double selection_score = 0;  ///< the earlier program's: (1 - p) + 1/(1 + half-life) + 1/(1 + deviation)
};

/// The same spread, hedge ratio fixed, over the part held back.
struct HoldoutReport {
    std::size_t rows = 0;
    std::optional<double>
        adf_p;  ///< one series, since nothing was fitted here; absent where it cannot be computed
    std::optional<double> half_life;
    double mean_shift = 0;       ///< (mean - fitted mean) / fitted deviation, signed
    double deviation_ratio = 0;  ///< deviation / fitted deviation
    std::size_t crossings = 0;   ///< of the fitted mean
};

/// Everything known about one unordered pair. `y` is the dependent leg (weight +1), `x` the other (weight
/// -hedge_ratio), in the orientation with the smaller p.
struct PairReport {
    std::size_t y = 0;                     ///< panel index
    std::size_t x = 0;                     ///< panel index
    std::size_t rows = 0;                  ///< common rows in the fitting part
    Timestamp fitted_until;                ///< last common bar's open time in the fitting part
    std::optional<OrientedTest> tested;    ///< y on x; absent where refused before
    std::optional<OrientedTest> reversed;  ///< x on y
    std::optional<double> p_pair;          ///< min(1, 2 min(p, p reversed))
    std::optional<double> q;               ///< Benjamini-Hochberg over the family; absent outside the family
    std::optional<SpreadReport> spread;    ///< only where p_pair is below the threshold
    std::optional<HoldoutReport> holdout;  ///< likewise, where a part is held back
    std::optional<Refused> refused;        ///< absent: a survivor
};

/// How much chance alone would find. The family are the pairs whose legs are admissible and whose test could
/// be computed.
struct FamilyReport {
    std::size_t pairs = 0;
    double expected_by_chance = 0;    ///< at most pairs * p_threshold where no pair is cointegrated
    std::size_t below_threshold = 0;  ///< found beside it
    std::size_t below_fdr_level = 0;
};

/// The answer of find_pairs.
struct Findings {
    Rows fitting;
    Rows held_back;
    std::vector<LegReport> legs;    ///< in the order of the panel
    std::vector<PairReport> pairs;  ///< every unordered pair, best statistic first, those without one last
    FamilyReport family;
    std::array<std::size_t, kRefusalCount> refused{};  ///< the funnel: pairs whose first refusal is this

    std::size_t refused_by(Refusal kind) const { return refused[static_cast<std::size_t>(kind)]; }
    /// Pairs without a refusal, best first.
    std::vector<std::size_t> survivors() const;
};

}  // namespace plumb::selection
