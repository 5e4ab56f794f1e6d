#pragma once

#include <optional>
#include <vector>

#include "venues/alpaca/symbols.hpp"
#include "wire/symbol_map.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::alpaca {

/// What the venue's list says of one instrument.
struct Asset {
    Market market = Market::crypto;
    wire::Listing listing;
};

/// Which instrument a symbol is, which market it is traded on, and what the venue's list says of it once that
/// was read. The streams look up in symbols() and allocate nothing.
class Directory {
 public:
    /// `instruments` outlives this. Takes in every instrument of the table.
    explicit Directory(InstrumentTable& instruments);

    wire::SymbolMap& symbols() { return symbols_; }
    const InstrumentTable& instruments() const { return symbols_.instruments(); }

    /// By any spelling the venue uses; nothing for instruments that are not ours.
    std::optional<InstrumentId> find(std::string_view symbol);
    /// The spelling that orders and data want; empty for an instrument that has none.
    std::string_view symbol_of(InstrumentId instrument) const;
    /// As listed; before that by the spelling. Nothing for an instrument that has none.
    std::optional<Market> market_of(InstrumentId instrument) const;
    /// Null until the list was read, or when the venue does not list it.
    const Asset* asset_of(InstrumentId instrument) const;
    /// Remembers a row of the list if its instrument is ours. False for a stock whose name a coin has.
    bool take(const Asset& asset);

 private:
    wire::SymbolMap symbols_;
    std::vector<std::optional<Asset>> assets_;  // by instrument id
};

}  // namespace plumb::venues::alpaca
