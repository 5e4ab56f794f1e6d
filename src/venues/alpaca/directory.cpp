#include "venues/alpaca/directory.hpp"

namespace plumb::venues::alpaca {

Directory::Directory(InstrumentTable& instruments)
    : symbols_{instruments, {split_symbol, spell_symbol}, wire::SymbolMap::Unknown::refuse} {
    // An instrument with a name that no symbol fits stays without one: orders for it are refused by name.
    if (!symbols_.add_all()) return;
}

std::optional<InstrumentId> Directory::find(std::string_view symbol) {
    if (const auto found = symbols_.find(symbol)) return found;
    const Result<SymbolName> name = split_symbol(symbol);
    if (!name) return std::nullopt;
    return instruments().find(name->base + "/" + name->quote);
}

std::string_view Directory::symbol_of(InstrumentId instrument) const {
    if (const Asset* asset = asset_of(instrument)) return asset->listing.symbol.view();
    return symbols_.symbol_of(instrument);
}

std::optional<Market> Directory::market_of(InstrumentId instrument) const {
    if (const Asset* asset = asset_of(instrument)) return asset->market;
    const std::string_view symbol = symbols_.symbol_of(instrument);
    if (symbol.empty()) return std::nullopt;
    return symbol.find('/') == std::string_view::npos ? Market::stocks : Market::crypto;
}

const Asset* Directory::asset_of(InstrumentId instrument) const {
    if (assets_.size() <= instrument.value || !assets_[instrument.value]) return nullptr;
    return &*assets_[instrument.value];
}

bool Directory::take(const Asset& asset) {
    const std::string_view symbol = asset.listing.symbol.view();
    if (asset.market == Market::stocks && is_coin(symbol)) return false;
    const auto instrument = instruments().find(std::string{asset.listing.base.view()} + "/" +
                                               std::string{asset.listing.quote.view()});
    if (!instrument) return true;
    // Coins have the name where both are listed, whatever the order of the lists.
    const Asset* known = asset_of(*instrument);
    if (known != nullptr && known->market == Market::crypto && asset.market == Market::stocks) return false;
    if (assets_.size() <= instrument->value) assets_.resize(instrument->value + 1);
    assets_[instrument->value] = asset;
    return symbols_.find(symbol).has_value() || symbols_.add(symbol, *instrument).has_value();
}

}  // namespace plumb::venues::alpaca
