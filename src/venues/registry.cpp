#include "venues/registry.hpp"

#include <array>

#include "venues/alpaca/alpaca.hpp"
#include "venues/binance/binance.hpp"
#include "venues/coinbase/coinbase.hpp"
#include "venues/coinmarketcap/coinmarketcap.hpp"
#include "venues/kraken/kraken.hpp"
#include "venues/polygon/polygon.hpp"

namespace plumb::venues {
namespace {

/// Venues whose making cannot fail give the venue itself.
template <auto make_venue>
Result<std::unique_ptr<wire::Venue>> make(const wire::VenueOptions& options) {
    return make_venue(options);
}

/// A row per venue, nothing else to register.
constexpr auto kVenues = std::to_array<VenueEntry>({
    {&alpaca::capabilities, &make<&alpaca::make_venue>},
    {&binance::capabilities, &make<&binance::make_venue>},
    {&binance::futures_capabilities, &make<&binance::make_futures_venue>},
    {&coinbase::capabilities, &make<&coinbase::make_venue>},
    {&coinmarketcap::capabilities, &make<&coinmarketcap::make_venue>},
    {&kraken::capabilities, &make<&kraken::make_venue>},
    {&polygon::capabilities, &make<&polygon::make_venue>},
});

}  // namespace

std::span<const VenueEntry> all_venues() { return kVenues; }

const VenueEntry* find_venue(std::string_view name) {
    for (const VenueEntry& entry : kVenues)
        if (entry.capabilities().name == name) return &entry;
    return nullptr;
}

}  // namespace plumb::venues
