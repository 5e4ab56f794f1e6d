#pragma once

#include <memory>

#include "wire/venue.hpp"

namespace plumb::venues::alpaca {

/// Coins and US stocks of one Alpaca account.
const wire::Capabilities& capabilities();

/// `options.plan`: the stock feed, "iex" (the free plan's, also when empty) or "sip". `options.credentials`:
/// key id and secret; without them nothing but the history of coins can be asked.
/// `options.paper_endpoint` chooses the paper host, whose keys are others than the live host's.
std::unique_ptr<wire::Venue> make_venue(const wire::VenueOptions& options);

}  // namespace plumb::venues::alpaca
