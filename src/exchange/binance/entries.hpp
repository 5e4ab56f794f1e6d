#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::binance {

/// "binance": spot, quoted in USDT, ids unique among open orders, fees in what is received.
const VenueEntry& spot_entry();
/// "binance-futures": USD-M perpetuals, one-way positions, orders changed in place, funding every eight
/// hours.
const VenueEntry& futures_entry();

}  // namespace plumb::exchange::binance
