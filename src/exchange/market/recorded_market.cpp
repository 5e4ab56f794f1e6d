#include "exchange/market/recorded_market.hpp"

#include <algorithm>

namespace plumb::exchange::market {
namespace {

constexpr Duration kMarkInterval = std::chrono::seconds{1};

}  // namespace

RecordedMarket::RecordedMarket(VenueModel& model, const Recording& recording, std::vector<std::int64_t> names,
                               std::vector<const RecordedMinutes*> minutes, Timestamp start,
                               Timestamp begins_at)
    : MarketsPast{begins_at, names.size()}, model_{model}, recording_{recording} {
    of_name_.resize(recording.names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        const InstrumentId id{i};
        const Instrument& grid = model.market(id).instrument;
        add_past(grid, id, minute_of(start), minutes[i]);
        Market market;
        market.id = id;
        market.tick = grid.tick;
        market.lot = grid.lot;
        if (0 <= names[i]) {
            const auto name = static_cast<std::size_t>(names[i]);
            market.has_quotes = !recording.names[name].quotes.empty();
            of_name_[name].push_back(i);
        }
        markets_.push_back(std::move(market));
    }
    // The touch that stood at the start, from what went before it.
    next_ =
        static_cast<std::size_t>(std::ranges::lower_bound(recording.moments, start, {}, &RecordedMoment::at) -
                                 recording.moments.begin());
    std::vector<bool> seen(recording.names.size(), false);
    for (std::size_t i = next_; 0 < i--;) {
        const RecordedMoment& moment = recording.moments[i];
        const RecordedName& name = recording.names[moment.name];
        if (seen[moment.name] || moment.is_trade != name.quotes.empty()) continue;
        seen[moment.name] = true;
        for (const std::uint32_t market : of_name_[moment.name]) {
            if (moment.is_trade)
                on_trade(markets_[market], name.trades[moment.index], start);
            else
                on_quote(markets_[market], name.quotes[moment.index], start);
        }
    }
}

void RecordedMarket::advance(Timestamp now) {
    for (; next_ < recording_.moments.size() && recording_.moments[next_].at <= now; ++next_) {
        const RecordedMoment& moment = recording_.moments[next_];
        const RecordedName& name = recording_.names[moment.name];
        model_.advance(moment.at);
        for (const std::uint32_t market : of_name_[moment.name]) {
            if (moment.is_trade)
                on_trade(markets_[market], name.trades[moment.index], moment.at);
            else
                on_quote(markets_[market], name.quotes[moment.index], moment.at);
        }
    }
}

void RecordedMarket::on_events(std::span<const ModelEvent> events) {
    MarketsPast::on_events(events);
    for (const ModelEvent& event : events) {
        if (const auto* order = std::get_if<OrderHappened>(&event.what)) {
            Market& market = markets_[order->record.spec.instrument.value];
            market.queue.on_order(*order, market.touch);
        }
    }
}

OrderNumber RecordedMarket::show(const Market& market, Side side, Price price, Quantity quantity,
                                 Timestamp now) {
    const Quantity size = quantity.quantized(market.lot, Rounding::down);
    const Rounding outward = side == Side::buy ? Rounding::down : Rounding::up;
    const Price level = price.quantized(market.tick, outward);
    if (size.sign() <= 0 || level.sign() <= 0) return 0;
    OrderSpec spec;
    spec.instrument = market.id;
    spec.side = side;
    spec.type = OrderType::limit;
    spec.quantity = size;
    spec.limit = level;
    spec.self_trade = SelfTrade::allow;
    const auto number = model_.submit(spec, now);
    return number ? *number : 0;
}

void RecordedMarket::settle(Market& market, Shown& shown, Side side, Price price, Quantity quantity,
                            Timestamp now) {
    if (shown.price == price && shown.quantity == quantity) return;
    const OrderNumber old = shown.order;
    shown = {show(market, side, price, quantity, now), price, quantity};
    if (old != 0) (void)model_.cancel({}, old, now);
}

/// Shows the touch; a client's order that the other side has come to is taken by it. The side that gives way
/// goes first, so that the two never meet.
void RecordedMarket::display(Market& market, const QueueTracker::Touch& touch, Timestamp now) {
    if (model_.status(market.id) != TradingStatus::open) return;
    const bool up = market.ask.price < touch.ask;
    if (up) settle(market, market.ask, Side::sell, touch.ask, touch.ask_quantity, now);
    settle(market, market.bid, Side::buy, touch.bid, touch.bid_quantity, now);
    if (!up) settle(market, market.ask, Side::sell, touch.ask, touch.ask_quantity, now);
    mark(market, now);
}

void RecordedMarket::mark(Market& market, Timestamp now) {
    if (model_.market(market.id).kind != MarketKind::perpetual || now < market.marked_at + kMarkInterval)
        return;
    if (market.bid.price.is_zero() || market.ask.price.is_zero()) return;
    market.marked_at = now;
    const Decimal half = Decimal::from_units(Decimal::kOne / 2);
    const Price mid = Price{(market.bid.price.value + market.ask.price.value) * half}.quantized(
        market.tick, Rounding::nearest);
    model_.set_mark(market.id, mid, mid, now);
}

void RecordedMarket::on_quote(Market& market, const Quote& quote, Timestamp now) {
    market.touch = {quote.bid, quote.ask, quote.bid_quantity, quote.ask_quantity};
    market.queue.on_touch(market.touch);
    display(market, market.touch, now);
}

void RecordedMarket::on_trade(Market& market, const Trade& trade, Timestamp now) {
    const Price price = trade.price.quantized(market.tick, Rounding::nearest);
    Quantity rest = trade.quantity.quantized(market.lot, Rounding::down);
    if (model_.status(market.id) == TradingStatus::open) {
        for (const QueueTracker::Fill& fill : market.queue.on_print(trade.aggressor, price, rest)) {
            const Quantity amount = fill.quantity.quantized(market.lot, Rounding::down);
            if (amount.is_zero() || !model_.fill_resting(fill.order, fill.price, amount, now)) continue;
            market.queue.filled(fill.order, amount);
            if (fill.price == price) rest -= std::min(rest, amount);
        }
        if (0 < rest.sign() && 0 < price.sign()) model_.print(market.id, trade.aggressor, price, rest, now);
    }
    if (market.has_quotes) return;
    const bool bought = trade.aggressor == Side::buy;
    const Price bid = bought ? price - market.tick : price;
    const Price ask = bought ? price : price + market.tick;
    // What stands there is not recorded, so the tracker hears nothing of it and stays on the safe side.
    display(market, {bid, ask, trade.quantity, trade.quantity}, now);
}

}  // namespace plumb::exchange::market
