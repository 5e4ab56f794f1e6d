#include "venues/paper/fill_model.hpp"

#include <algorithm>

namespace plumb::venues::paper {
namespace {

constexpr double kBps = 1e-4;

/// What one market event offers an order that arrived before it.
struct Offer {
    Price price;        // before costs
    Price low, high;    // the range that traded, for limits and stops
    Quantity volume;    // zero: unknown, unlimited
    double spread_bps;  // half spread still to be paid
    Timestamp at;
};

std::optional<Offer> offer_of(const Quote& quote, const RestingOrder& order, const PaperCosts&) {
    if (quote.received_at < order.arrives_at || quote.bid.sign() <= 0 || quote.ask < quote.bid) return std::nullopt;
    const bool buys = order.request.side == Side::buy;
    const Price price = buys ? quote.ask : quote.bid;
    return Offer{price, price, price, buys ? quote.ask_quantity : quote.bid_quantity, 0, quote.received_at};
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
        return Offer{bar.values.open, bar.values.low, bar.values.high, bar.values.volume, costs.half_spread_bps, at};
    }
    // It arrived inside the bar: of that bar only the close is known to lie after it.
    return Offer{bar.values.close, bar.values.close, bar.values.close, bar.values.volume, costs.half_spread_bps,
                 bar.close_time()};
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

bool is_triggered(const RestingOrder& order, const Offer& offer) {
    if (order.triggered) return true;
    return order.request.side == Side::buy ? order.request.stop <= offer.high : offer.low <= order.request.stop;
}

}  // namespace

std::optional<ProposedFill> propose_fill(const RestingOrder& order, const Event& event, const Instrument& instrument,
                                         const PaperCosts& costs) {
    const auto offer = offer_of(event, order, costs);
    if (!offer) return std::nullopt;
    const Quantity quantity = allowed(order, *offer, instrument, costs);
    if (quantity.sign() <= 0) return std::nullopt;
    const Side side = order.request.side;
    const double share = offer->volume.is_zero() ? 0 : quantity.to_double() / offer->volume.to_double();
    const double cost_bps = offer->spread_bps + costs.slippage_bps + costs.impact_bps * std::min(share, 1.0);
    switch (order.request.type) {
        case OrderType::market: break;
        case OrderType::stop:
        case OrderType::trailing_stop:
            if (!is_triggered(order, *offer)) return std::nullopt;
            break;
        case OrderType::stop_limit:
            if (!is_triggered(order, *offer)) return std::nullopt;
            [[fallthrough]];
        case OrderType::limit: {
            const Price limit = order.request.limit;
            const bool through = side == Side::buy ? offer->low < limit : limit < offer->high;
            if (!through) return std::nullopt;
            const Price price = side == Side::buy ? std::min(limit, offer->price) : std::max(limit, offer->price);
            return ProposedFill{price, quantity, price == limit, offer->at};
        }
    }
    Price price = against_us(offer->price, cost_bps, side, instrument.tick);
    // A stop that gapped through its level fills at the worse of the two.
    if (order.request.type == OrderType::stop && !order.triggered) {
        price = side == Side::buy ? std::max(price, order.request.stop) : std::min(price, order.request.stop);
    }
    return ProposedFill{price, quantity, false, offer->at};
}

}  // namespace plumb::venues::paper
