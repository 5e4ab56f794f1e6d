#pragma once

#include <cstddef>

#include "base/result.hpp"

namespace plumb::selection {

enum class Method : unsigned char {
    engle_granger,  ///< both orientations; lags by AIC
    johansen,       ///< trace test, one lagged difference, unrestricted constant
};

/// What a round trip costs. One side of one leg pays fee and half the bid-ask spread, so a round trip of two
/// legs pays them four times.
struct TradingCost {
    double fee_bps = 10;         ///< taker fee
    double half_spread_bps = 5;  ///< half the bid-ask spread
};

/// The entry and exit the economy screen computes with.
struct TradingBand {
    double z_entry = 2.0;
    double z_exit = 0.5;
};

/// What makes a leg pegged: any one of the three.
struct PegLimits {
    double volatility_year = 0.01;  ///< standard deviation of log returns, annualised, below this
    double band = 0.02;             ///< within this share of 1 unit of quote currency ...
    double band_share = 0.95;       ///< ... in at least this share of the rows
};

/// What the held-back part must show with the hedge ratio fixed.
struct HoldoutLimits {
    std::size_t rows_min = 20;  ///< common rows held back
    double p_max = 0.10;        ///< ADF of the fixed spread; 1 accepts any
    double mean_shift_max = 1;  ///< in fitted deviations
    double deviation_ratio_min = 0.5;
    double deviation_ratio_max = 2;
};

/// Every limit of the search. The defaults and their reasons: docs/decisions/0020-honest-selection.md.
struct FindOptions {
    Method method = Method::engle_granger;
    double p_threshold = 0.10;  ///< p_pair below this
    double fdr_level = 0.10;    ///< level of q that is counted, and asked where fdr_required
    bool fdr_required = false;
    double holdout_fraction =
        1.0 / 3;  ///< last part of the panel's rows, never seen by the fit; 0 holds nothing back
    std::size_t rows_min = 60;       ///< common rows in the fitting part
    double leg_stationary_p = 0.05;  ///< a leg whose ADF p is below this is stationary
    bool positive_hedge_required = true;
    double hedge_value_min = 0.05;  ///< |hedge ratio| * price x / price y
    double hedge_value_max = 20;
    double half_life_bars_min = 2;
    double half_life_share_max = 0.1;  ///< of the fitting part's rows
    double cost_factor = 2;            ///< entry to exit earns at least this many round trips
    TradingCost cost;
    TradingBand band;
    PegLimits peg;
    HoldoutLimits holdout;
};

/// invalid_argument, naming the option, its range and what was found.
Status check_options(const FindOptions& options);

}  // namespace plumb::selection
