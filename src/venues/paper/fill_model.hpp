#pragma once

#include <optional>

#include "core/event.hpp"
#include "core/instrument.hpp"

namespace plumb::venues::paper {

/// What trading costs and how long it takes. All in basis points (1e-4) of the price unless said otherwise.
struct PaperCosts {
    double taker_fee_bps = 10;
    double maker_fee_bps = 5;
    double half_spread_bps = 2;  // half the bid-ask spread where the data has no quotes
    double slippage_bps = 1;     // a market order pays this beyond the quote
    double impact_bps = 10;      // and this times the share of the bar's volume it takes
    double participation_max =
        0.1;  // at most this share of a bar's or quote's volume fills per event; the rest waits
    Duration latency = std::chrono::milliseconds{50};  // from decision to the venue
};

/// An order resting at the paper venue.
struct RestingOrder {
    OrderRequest request;
    Quantity filled;
    Timestamp arrives_at;    // decided_at + latency
    unsigned fills = 0;      // so far; the next execution id counts on
    bool triggered = false;  // a stop that has seen its price, in this event or before
};

/// One fill the market event allows for the order.
struct ProposedFill {
    Price price;
    Quantity quantity;
    bool maker = false;
    Timestamp venue_time;
};

/// Pure: what this event fills of this order. Market orders take the quote's other side, the next trade, or
/// the next bar's open (its close when the order arrived inside it), moved against us by spread, slippage and
/// impact and rounded to the tick against us. A limit order fills only when the market trades through it; one
/// that could take at once pays what a market order pays, its limit at most. A stop fills as a market order
/// at the worse of its level and the market. A bar in which nobody traded fills nothing, nor does a side
/// nobody quotes, nor a price ten times or a tenth of the one the order was decided at. Quantities are cut to
/// the participation limit and the lot. Trailing stops never fill.
std::optional<ProposedFill> propose_fill(const RestingOrder& order, const Event& event,
                                         const Instrument& instrument, const PaperCosts& costs);

/// Whether this event reaches the stop of a stop or stop-limit order.
bool reaches_stop(const RestingOrder& order, const Event& event, const PaperCosts& costs);

}  // namespace plumb::venues::paper
