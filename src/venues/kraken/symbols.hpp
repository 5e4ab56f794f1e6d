#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/instrument.hpp"
#include "wire/symbol_map.hpp"

namespace plumb::venues::kraken {

/// Base and quote of a contract in our words. The perpetual linear contract is the plain pair, the others say
/// in the quote what they settle in and when, so that two contracts of one coin are never one instrument:
///   PF_XBTUSD BTC/USD · FF_XBTUSD_261225 BTC/USD:USD-261225 · PI_XBTUSD BTC/USD:BTC · FI_XBTUSD_261225
///   BTC/USD:BTC-261225
/// Errc::parse for anything else: lower case, options, reference rates, unknown quote currencies.
Result<SymbolName> split_symbol(std::string_view symbol);
/// The reverse; any other base and quote gives the name of a perpetual linear contract.
std::string spell_symbol(std::string_view base, std::string_view quote);

/// PI_ and FI_: a contract is one dollar, whatever the coin costs. Their quantities are contracts, not coins.
bool is_inverse(std::string_view symbol);

/// Our name of an asset: XBT, XXBT or xbt is BTC. Empty where it is longer than any asset's name.
wire::AssetText asset_of(std::string_view text);

/// As SymbolMap::find, in any case, since the venue takes and gives symbols in both. Allocates nothing.
std::optional<InstrumentId> find_symbol(wire::SymbolMap& symbols, std::string_view text);
/// The text in capitals; cut at the longest symbol there is.
wire::SymbolText symbol_text(std::string_view text);

constexpr wire::Spelling spelling() { return {split_symbol, spell_symbol}; }

}  // namespace plumb::venues::kraken
