#pragma once

#include <memory>
#include <vector>

#include "venues/conformance/fixture.hpp"

namespace plumb::venues::coinbase::served {

/// Both servers: one counter for all messages of a connection, heartbeats and lists of what is subscribed.
/// `instruments` outlives the peer.
std::unique_ptr<conformance::StreamPeer> make_peer(
    const std::vector<conformance::ServedInstrument>& instruments);

}  // namespace plumb::venues::coinbase::served
