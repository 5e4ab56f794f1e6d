#pragma once

#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::coinmarketcap {

const wire::Capabilities& capabilities();

/// CoinMarketCap's Pro API: prices polled within the credits of the plan, and candles where the plan has
/// them. `secret` is the API key; `plan` its plan ("basic" when empty), which decides whether candles are
/// asked for. A data source only: it has no orders and no stream.
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

}  // namespace plumb::venues::coinmarketcap
