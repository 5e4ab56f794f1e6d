#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::coinmarketcap {

/// The row of "coinmarketcap": every crypto name of the market, prices only.
const VenueEntry& entry();

}  // namespace plumb::exchange::coinmarketcap
