#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::coinbase {

/// "coinbase": Advanced Trade (REST /api/v3/brokerage, the app's /v2 beside it, WebSocket) and the public
/// side of the Exchange (REST, ws-feed) on one address, told apart by path and by the shape of messages.
const VenueEntry& entry();

}  // namespace plumb::exchange::coinbase
