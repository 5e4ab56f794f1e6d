#pragma once

#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/past_market.hpp"

namespace plumb::exchange::polygon {

/// One aggregate bar, with what the venue says of it.
struct Aggregate {
    Timestamp begin;
    Ohlcv values;
    BarDetail detail;

    /// The next one, into this.
    void add(const Aggregate& next);
};
/// One trade is a bar too.
Aggregate aggregate_of(Timestamp begin, Price price, Quantity quantity);

/// Members v vw o c h l t n.
void append_members(JsonOut& out, const Aggregate& bar, Price tick);
/// Value by volume, at four decimals or the market's, whichever is finer.
Price vwap(const Aggregate& bar, Price tick);

}  // namespace plumb::exchange::polygon
