#include "exchange/registry/registry.hpp"

#include <algorithm>
#include <array>

#include "exchange/alpaca/alpaca.hpp"
#include "exchange/binance/entries.hpp"
#include "exchange/polygon/polygon.hpp"

namespace plumb::exchange {

std::span<const VenueEntry> venues() {
    static const auto rows = std::to_array<VenueEntry>({
        alpaca::entry(),
        binance::spot_entry(),
        binance::futures_entry(),
        polygon::entry(),
    });
    return rows;
}

const VenueEntry* find_venue(std::string_view name) {
    const std::span<const VenueEntry> all = venues();
    const auto found = std::ranges::find(all, name, &VenueEntry::name);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace plumb::exchange
