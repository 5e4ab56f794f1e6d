#pragma once

#include "wire/symbol_map.hpp"

namespace plumb::venues::binance {

/// Base and quote of a venue symbol such as BTCUSDT, cut at the longest quote we know. Errc::parse when none
/// fits.
Result<SymbolName> split_symbol(std::string_view symbol);
/// "BTC", "USDT" to "BTCUSDT".
std::string spell_symbol(std::string_view base, std::string_view quote);

inline constexpr wire::Spelling kSpelling{&split_symbol, &spell_symbol};

}  // namespace plumb::venues::binance
