#pragma once

#include <memory>
#include <vector>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::alpaca::served {

/// The server's end of the coins' data stream.
std::unique_ptr<conformance::StreamPeer> make_market_peer(
    const std::vector<conformance::ServedInstrument>& instruments);
/// The server's end of the trading stream.
std::unique_ptr<conformance::StreamPeer> make_trading_peer(
    const std::vector<conformance::ServedInstrument>& instruments);

}  // namespace plumb::venues::alpaca::served
