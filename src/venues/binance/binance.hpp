#pragma once

#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::binance {

/// Binance spot.
const wire::Capabilities& capabilities();
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

/// Binance USD-M futures: perpetual contracts of one unit of base each, margined in the quote currency.
const wire::Capabilities& futures_capabilities();
std::unique_ptr<wire::Venue> make_futures_venue(const wire::VenueOptions& options);

}  // namespace plumb::venues::binance
