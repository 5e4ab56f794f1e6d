#pragma once

#include "venues/binance/messages.hpp"

namespace plumb::venues::binance {

// Private messages. Orders of symbols we do not know are passed on with the venue's spelling: they are in the
// account all the same.

/// Spot: executionReport.
void read_execution(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
                    wire::WireSink& sink);
/// USD-M: ORDER_TRADE_UPDATE, whose order stands under "o".
void read_order_trade(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
                      wire::WireSink& sink);
/// USD-M: ALGO_UPDATE, a conditional order until it becomes an ordinary one.
void read_algo(const Parts& parts, std::optional<InstrumentId> instrument, Timestamp received_at,
               wire::WireSink& sink);

}  // namespace plumb::venues::binance
