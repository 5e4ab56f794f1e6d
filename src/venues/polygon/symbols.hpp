#pragma once

#include <string>
#include <string_view>

#include "core/instrument.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::polygon {

enum class Market : unsigned char { crypto, stocks };  // the lanes of the stream, in this order

/// Base and quote behind a symbol: BTC-USD (stream), X:BTCUSD and X:BTC-USD (REST) are BTC/USD; AAPL and
/// BRK.A are stocks in dollars. Errc::parse for anything else: options, indices, currencies.
Result<SymbolName> split_symbol(std::string_view symbol);
/// The stream's spelling: "BTC-USD" for coins, "AAPL" for stocks. What is a coin is_coin() says.
std::string spell_symbol(std::string_view base, std::string_view quote);
std::string spell_crypto(std::string_view base, std::string_view quote);
std::string spell_stock(std::string_view base, std::string_view quote);

/// Names the venue gives to coins and to stocks (COMP, LINK, SOL) are taken for coins unless the plan says
/// "stocks".
bool is_coin(std::string_view base);
/// By the form of the stream's spelling.
Market market_of(std::string_view symbol);
/// "X:BTCUSD" of "BTC-USD"; stocks are themselves.
std::string ticker_of(std::string_view symbol);

}  // namespace plumb::venues::polygon
