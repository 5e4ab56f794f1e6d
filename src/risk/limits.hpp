#pragma once

#include "base/time.hpp"
#include "core/units.hpp"

namespace plumb::risk {

/// The first limits. Ratios are of the equity at the moment of the check; every one has a name that a denial
/// shows.
struct Limits {
    double gross_exposure_max = 2.0;  // all positions and open orders, worst case, over equity
    double pair_gross_max = 0.5;      // one pair's legs over equity
    double order_notional_max = 0.3;  // one order over equity
    int open_pairs_max = 10;
    double price_band = 0.10;         // a limit or reference price at most this far from the last price
    double drawdown_max = 0.25;       // from the highest equity: beyond it no entries any more (REDUCING)
    int orders_per_minute_max = 120;  // entries wait beyond it; orders that reduce risk always pass
    Duration price_age_max =
        std::chrono::hours{24 * 7};  // nothing is sent on a price older than this, exits excepted
};

}  // namespace plumb::risk
