#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::alpaca {

/// The row of the registry: Alpaca, a paper account with margin, stocks and coins.
const VenueEntry& entry();

}  // namespace plumb::exchange::alpaca
