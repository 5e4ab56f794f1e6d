#pragma once

#include <string>
#include <string_view>

#include "core/instrument.hpp"

namespace plumb::venues::alpaca {

/// The two markets behind one account. Each has its own data address, order rules and fees.
enum class Market : unsigned char { crypto, stocks };

/// True for a base that the venue trades as a coin. Some of these names are tickers too (BTC, ETH, LTC, LINK,
/// SOL): here the coin has the name, and the stock of that ticker cannot be named.
bool is_coin(std::string_view base);

/// "BTC/USD" and the slashless "BTCUSD" of positions and old orders are BTC and USD; "AAPL" and "BRK.B" are
/// stocks in USD. Errc::parse for anything else ("BTC-PERP"), and for a ticker whose name a coin has.
Result<SymbolName> split_symbol(std::string_view symbol);

/// "BTC/USD" for coins and every pair not in USD, "AAPL" for stocks. A coin that is_coin() does not know is
/// told from a stock by the venue's list of instruments only; see Directory.
std::string spell_symbol(std::string_view base, std::string_view quote);

}  // namespace plumb::venues::alpaca
