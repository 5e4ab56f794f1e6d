#pragma once

#include <string>
#include <string_view>

#include "wire/symbol_map.hpp"

namespace plumb::venues::coinmarketcap {

/// The venue names coins by number and prices them in a currency; "BTC-USD" is our spelling of both.
Result<SymbolName> split_symbol(std::string_view symbol);
std::string spell_symbol(std::string_view base, std::string_view quote);

inline constexpr wire::Spelling kSpelling{split_symbol, spell_symbol};

}  // namespace plumb::venues::coinmarketcap
