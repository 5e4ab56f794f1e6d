#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/order.hpp"
#include "wire/symbol_map.hpp"
#include "wire/wire_event.hpp"

namespace plumb::venues::kraken {

/// The grids of the contracts that are followed, as the venue listed them last.
class Listings {
 public:
    void put(InstrumentId instrument, const wire::Listing& listing);
    const wire::Listing* find(InstrumentId instrument) const;

 private:
    std::vector<std::optional<wire::Listing>> by_instrument_;
};

/// Everything the venue would refuse an order for, in plain words (E15, E19). Errc::denied.
Status check_order(const OrderRequest& order, const wire::SymbolMap& symbols, const Listings& listings);

}  // namespace plumb::venues::kraken
