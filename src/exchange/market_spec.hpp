#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/instrument.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange {

/// How a market settles.
enum class MarketKind : unsigned char {
    spot,       // base against quote; short only where the account may and the market can
    equity,     // as spot, the base is whole shares or fractions; margin accounts may be short
    perpetual,  // linear: a position in base, profit in quote, funding, liquidation
};

/// One market of the venue and its rules.
struct MarketSpec {
    Instrument instrument;  // base, quote, tick, lot, minima, can_short; the id is given by the model
    MarketKind kind = MarketKind::spot;
    std::string path;  // whose price it follows: a name of the demo market ("BTC/USD") or of the recording
    Quantity quantity_max{};         // zero: no bound
    Quantity market_quantity_max{};  // of a market order; zero: quantity_max
    Money notional_max{};            // zero: no bound
    Decimal price_band{};  // a limit further than this fraction from the last price is refused; zero: no band
    int orders_open_max = 200;  // of one account in this market
    FeeRule fees;
    Decimal leverage_max{1};       // perpetual: 1 / initial margin
    Decimal maintenance_margin{};  // perpetual: fraction of the position's value
    Duration funding_interval{};   // perpetual: zero for never
};

/// One account, before its first order.
struct AccountSpec {
    std::string name;
    bool may_short = false;  // spot and equity on margin
    Decimal leverage{1};  // buying power over equity, spot and equity on margin; perpetuals: of all positions
    SelfTrade self_trade = SelfTrade::cancel_taker;
    std::vector<std::pair<std::string, Decimal>> deposits;  // asset name, amount
};

}  // namespace plumb::exchange
