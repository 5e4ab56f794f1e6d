#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::polygon {

/// The row of "polygon": market data only, every name of the market listed.
const VenueEntry& entry();

}  // namespace plumb::exchange::polygon
