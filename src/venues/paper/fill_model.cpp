#include "venues/paper/fill_model.hpp"

#include <algorithm>

namespace plumb::venues::paper {
namespace {

constexpr double kBps = 1e-4;
constexpr double kSlip = 10;

/// What one market event offers an order that arrived before it.
struct Offer {
    Price price;        // before costs
    Price low, high;    // the range that traded, for limits and stops
    Quantity volume;    // zero: unknown, unlimited
    double spread_bps;  // half spread still to be paid
    Timestamp at;
};

std::optional<Offer> offer_of(const Quote& quote, const RestingOrder& order, const PaperCosts&) {
    if (quote.received_at < order.arrives_at || quote.bid.sign() <= 0 || quote.ask < quote.bid)
        return std::nullopt;
    const bool buys = order.request.side == Side::buy;
    const Price price = buys ? quote.ask : quote.bid;
    const Quantity volume = buys ? quote.ask_quantity : quote.bid_quantity;
    if (volume.sign() <= 0) return std::nullopt;  // nobody quotes this side
    return Offer{price, price, price, volume, 0, quote.received_at};
}

std::optional<Offer> offer_of(const Trade& trade, const RestingOrder& order, const PaperCosts& costs) {
    if (trade.received_at < order.arrives_at) return std::nullopt;
    return Offer{trade.price, trade.price, trade.price, {}, costs.half_spread_bps, trade.received_at};
}

std::optional<Offer> offer_of(const ClosedBar& bar, const RestingOrder& order, const PaperCosts& costs) {
    if (bar.close_time() <= order.arrives_at || bar.origin == BarOrigin::filled) return std::nullopt;
    const bool from_open = order.request.decided_at <= bar.open_time;
    const Timestamp at = std::max(bar.open_time, order.arrives_at);
    if (from_open) {
        return Offer{bar.values.open,   bar.values.low,        bar.values.high,
                     bar.values.volume, costs.half_spread_bps, at};
    }
    // It arrived inside the bar: of that bar only the close is known to lie after it.
    return Offer{bar.values.close,  bar.values.close,      bar.values.close,
                 bar.values.volume, costs.half_spread_bps, bar.close_time()};
}

std::optional<Offer> offer_of(const Event& event, const RestingOrder& order, const PaperCosts& costs) {
    if (const auto* quote = std::get_if<Quote>(&event)) return offer_of(*quote, order, costs);
    if (const auto* trade = std::get_if<Trade>(&event)) return offer_of(*trade, order, costs);
    if (const auto* bar = std::get_if<ClosedBar>(&event)) return offer_of(*bar, order, costs);
    return std::nullopt;
}

Quantity allowed(const RestingOrder& order, const Offer& offer, const Instrument& instrument,
                 const PaperCosts& costs) {
    const Quantity leaves = order.request.quantity - order.filled;
    if (offer.volume.is_zero()) return leaves;
    const auto cap = Quantity::from_double(offer.volume.to_double() * costs.participation_max, 12);
    if (!cap) return leaves;
    // At least one lot per event, so that a thin market delays and never blocks for ever.
    return std::min(leaves, std::max(cap->quantized(instrument.lot, Rounding::down), instrument.lot));
}

Price against_us(Price price, double bps, Side side, Price tick) {
    const double moved = price.to_double() * (1 + sign_of(side) * bps * kBps);
    const auto exact = Price::from_double(moved, 15);
    if (!exact || exact->sign() <= 0) return price;
    // Rounded to nearest first at a millionth of a tick, so that binary dust does not cost a whole tick.
    const Price clean = exact->quantized(Price{tick.value * Decimal::power_of_ten(-6)}, Rounding::nearest);
    const Price on_grid = clean.quantized(tick, side == Side::buy ? Rounding::up : Rounding::down);
    return on_grid.sign() > 0 ? on_grid : tick;
}

bool reaches(const RestingOrder& order, const Offer& offer) {
    return order.request.side == Side::buy ? order.request.stop <= offer.high
                                           : offer.low <= order.request.stop;
}

/// A price so far from the decision's is a slip of the data (F12); the fee and the position would be as
/// absurd.
bool believable(Price price, Price reference) {
    if (price.sign() <= 0) return false;
    if (reference.sign() <= 0) return true;
    const double ratio = price.to_double() / reference.to_double();
    return kSlip > ratio && ratio > 1 / kSlip;
}

}  // namespace

bool reaches_stop(const RestingOrder& order, const Event& event, const PaperCosts& costs) {
    const bool has_stop =
        order.request.type == OrderType::stop || order.request.type == OrderType::stop_limit;
    if (!has_stop) return false;
    const auto offer = offer_of(event, order, costs);
    return offer && believable(offer->price, order.request.reference) && reaches(order, *offer);
}

std::optional<ProposedFill> propose_fill(const RestingOrder& order, const Event& event,
                                         const Instrument& instrument, const PaperCosts& costs) {
    const auto offer = offer_of(event, order, costs);
    if (!offer || !believable(offer->price, order.request.reference)) return std::nullopt;
    const Quantity quantity = allowed(order, *offer, instrument, costs);
    if (quantity.sign() <= 0) return std::nullopt;
    const OrderRequest& request = order.request;
    const bool buys = request.side == Side::buy;
    const double share = offer->volume.is_zero() ? 0 : quantity.to_double() / offer->volume.to_double();
    const double cost_bps = offer->spread_bps + costs.slippage_bps + costs.impact_bps * std::min(share, 1.0);
    Price from = offer->price;
    if (request.type == OrderType::trailing_stop) return std::nullopt;
    const bool has_stop = request.type == OrderType::stop || request.type == OrderType::stop_limit;
    if (has_stop && !order.triggered) {
        if (!reaches(order, *offer)) return std::nullopt;
        // Reached inside this event: the market is at the stop, or beyond it where it gapped through.
        from = buys ? std::max(from, request.stop) : std::min(from, request.stop);
    }
    const Price taken = against_us(from, cost_bps, request.side, instrument.tick);
    const bool has_limit = request.type == OrderType::limit || request.type == OrderType::stop_limit;
    if (!has_limit) return ProposedFill{taken, quantity, false, offer->at};
    const bool through = buys ? offer->low < request.limit : request.limit < offer->high;
    if (!through) return std::nullopt;
    // Better than the limit from the start: it takes, and pays for that; otherwise it waits at its limit and
    // makes.
    const bool takes = buys ? from < request.limit : request.limit < from;
    if (!takes) return ProposedFill{request.limit, quantity, true, offer->at};
    return ProposedFill{buys ? std::min(taken, request.limit) : std::max(taken, request.limit), quantity,
                        false, offer->at};
}

}  // namespace plumb::venues::paper
