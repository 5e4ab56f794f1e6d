#pragma once

#include <optional>

#include "core/instrument.hpp"
#include "core/market_event.hpp"

namespace plumb {

/// A door through which market events come, oldest first by known_at. Files, archives, tapes, the demo market
/// and live venues all stand behind it.
class MarketDataFeed {
 public:
    virtual ~MarketDataFeed() = default;

    /// The next event, or nothing when there will be none. Errors name the place; after one the feed is over.
    /// A BookDelta's levels live until the next call.
    virtual Result<std::optional<MarketEvent>> next() = 0;
};

}  // namespace plumb
