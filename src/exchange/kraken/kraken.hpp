#pragma once

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::kraken {

/// "kraken-futures": REST /derivatives/api/v3, /api/charts/v1, /api/history/v2 and v3, WebSocket /ws/v1.
const VenueEntry& entry();

}  // namespace plumb::exchange::kraken
