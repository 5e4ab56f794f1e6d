#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// Whether what the account does in this market is covered by margin, or by the assets themselves.
bool on_margin(const AccountState& account, const MarketState& market);

/// Units of `quote` for one unit of `asset`, by the last price of their market; zero when nobody knows.
Decimal rate_of(const ModelState& state, AssetId asset, AssetId quote);

/// All in units of `quote`, at marks and last prices. Cost: O(assets + markets).
///
/// Initial margin: of each market on margin the larger of (position and open buys) and (position and open
/// sells), over the leverage; for an account on margin also what it holds and reserves in markets that are
/// not, in full.
Money equity_of(const ModelState& state, AccountId account, AssetId quote);
Money initial_margin_of(const ModelState& state, AccountId account, AssetId quote);
Money maintenance_margin_of(const ModelState& state, AccountId account, AssetId quote);
/// What may still be bought: free cash, or (equity - initial margin) times leverage, never below zero.
Money buying_power_of(const ModelState& state, AccountId account, AssetId quote);

/// An order's weight in the check of margin.
struct MarginAsk {
    Side side = Side::buy;
    Money value;  // at the price it can cost
    Money loss;   // what it loses against the mark at once, and fees
};
/// Why this market's margin does not allow it, if it does not.
std::optional<Refusal> margin_refusal(const ModelState& state, AccountId account, const MarketState& market,
                                      const MarginAsk& ask);

}  // namespace plumb::exchange
