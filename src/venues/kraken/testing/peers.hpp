#pragma once

#include <memory>
#include <vector>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::kraken::served {

/// Ends of the WebSocket v1. `instruments` outlives them.
std::unique_ptr<conformance::StreamPeer> make_market_peer(
    const std::vector<conformance::ServedInstrument>& instruments);
std::unique_ptr<conformance::StreamPeer> make_private_peer(
    const std::vector<conformance::ServedInstrument>& instruments);

}  // namespace plumb::venues::kraken::served
