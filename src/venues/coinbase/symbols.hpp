#pragma once

#include <string>
#include <string_view>

#include "wire/symbol_map.hpp"

namespace plumb::venues::coinbase {

/// "BTC-USD" is BTC/USD. Errc::parse for what is not BASE-QUOTE: dated futures (BIT-26APR24-CDE) have two
/// dashes and are no spot product.
Result<SymbolName> split_symbol(std::string_view symbol);
std::string spell_symbol(std::string_view base, std::string_view quote);

inline constexpr wire::Spelling kSpelling{split_symbol, spell_symbol};

}  // namespace plumb::venues::coinbase
