#include "exchange/matching.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/funds.hpp"
#include "exchange/margin.hpp"
#include "exchange/order_life.hpp"
#include "exchange/settlement.hpp"

namespace plumb::exchange {
namespace {

bool by_notional(const OrderRecord& record) { return !record.spec.notional.is_zero(); }

Quantity still_wanted(const MarketState& market, const OrderRecord& record, Price price) {
    if (!by_notional(record)) return record.leaves();
    return affordable(market, record.spec.side, price,
                      record.spec.notional - spent(market, record.spec.side, record.filled_value));
}

/// The price the taker's next unit would trade at, once this much of the best order is gone.
std::optional<Price> price_after(const Ladder& other, const StoredOrder& maker, Quantity taken) {
    const LadderLevel& best = other.best();
    if (best.orders.count > 1 || taken < maker.record.leaves()) return best.price;
    if (other.levels().size() < 2) return std::nullopt;
    return other.levels()[other.levels().size() - 2].price;
}

void book_fill(ModelState& state, StoredOrder& order, Price price, Quantity quantity) {
    OrderRecord& record = order.record;
    state.remember(record);
    record.filled += quantity;
    record.filled_value += price * quantity;
    record.updated_at = state.now;
    record.status = OrderStatus::partially_filled;
    if (by_notional(record)) {
        record.spec.quantity = record.filled;
        return;
    }
    PLUMB_CHECK(record.filled <= record.spec.quantity);
    if (record.filled == record.spec.quantity) record.status = OrderStatus::filled;
}

void settle_and_tell(ModelState& state, StoredOrder& order, const FillTerms& terms) {
    if (!is_open(order.record.status)) order.record.ended_at = state.now;
    const Execution execution = settle(state, order, terms);
    if (!state.tells(order.record.spec.account)) return;
    OrderHappened& happened = state.tell_of_order();
    happened.step = OrderStep::filled;
    happened.record = order.record;
    happened.execution = execution;
}

/// Ends whom the rule ends; true when the taker may go on.
bool resolve_self_trade(ModelState& state, StoredOrder& maker, StoredOrder& taker, SelfTrade rule) {
    if (rule != SelfTrade::cancel_taker) end_order(state, maker, canceled(EndReason::self_trade));
    if (rule == SelfTrade::cancel_maker) return true;
    end_order(state, taker, canceled(EndReason::self_trade));
    return false;
}

/// Trades against the other side as far as limit and quantity allow. The order may be over afterwards.
void take(ModelState& state, StoredOrder& taker, std::optional<Price> limit) {
    const OrderSpec& spec = taker.record.spec;
    MarketState& market = state.market(spec.instrument);
    Ladder& other = market.side(opposite(spec.side));
    const SelfTrade rule = self_trade_of(state, spec);
    while (is_open(taker.record.status) && !other.empty()) {
        const Price price = other.best().price;
        if (limit && !other.meets(price, *limit)) return;
        StoredOrder& maker = state.orders[other.best().orders.first];
        if (maker.record.spec.account == spec.account && rule != SelfTrade::allow) {
            if (!resolve_self_trade(state, maker, taker, rule)) return;
            continue;
        }
        Quantity quantity = still_wanted(market, taker.record, price);
        if (quantity.sign() <= 0) return;
        if (spec.reduce_only) {
            quantity = std::min(quantity, reducible(state, spec.account, spec.instrument, spec.side));
            if (quantity.is_zero()) return end_order(state, taker, canceled(EndReason::reduce_only));
        }
        trade(state, {maker, taker, price, std::min(quantity, maker.record.leaves())});
    }
}

bool fills_whole(const ModelState& state, const StoredOrder& order, std::optional<Price> limit) {
    const OrderSpec& spec = order.record.spec;
    const Quantity wanted = order.record.leaves();
    if (spec.reduce_only && reducible(state, spec.account, spec.instrument, spec.side) < wanted) return false;
    return walk_book(state, spec, wanted, limit).quantity == wanted;
}

void rest(ModelState& state, StoredOrder& order) {
    const OrderSpec& spec = order.record.spec;
    const Quantity level = state.market(spec.instrument).side(spec.side).add(state.orders, order);
    state.level_is(spec.instrument, spec.side, spec.limit, level);
    if (spec.reduce_only) trim_reduce_only(state, spec.account, spec.instrument);
}

/// A stop saw its price: it becomes what it was to become, if its account can still pay for it.
void wake(ModelState& state, StoredOrder& order) {
    OrderRecord& record = order.record;
    if (record.status != OrderStatus::waiting) return;
    const OrderSpec& spec = record.spec;
    const MarketState& market = state.market(spec.instrument);
    state.remember(record);
    record.status = OrderStatus::working;
    record.triggered = true;
    record.triggered_at = record.updated_at = state.now;
    state.tell_order(OrderStep::triggered, record);
    if (spec.reduce_only && reducible(state, spec.account, spec.instrument, spec.side).is_zero()) {
        return end_order(state, order, canceled(EndReason::reduce_only));
    }
    const Ladder& other = market.side(opposite(spec.side));
    if (spec.post_only && !other.empty() && other.meets(other.best().price, spec.limit)) {
        return end_order(state, order, canceled(EndReason::post_only));
    }
    const bool at_market = is_market_like(record);
    if (at_market) release_reserve(state, order);
    if (!order.is_house() && (at_market || on_margin(state.account(spec.account), market))) {
        if (const auto refusal = funds_refusal(state, record, record.leaves())) {
            return end_order(
                state, order,
                {OrderStep::rejected, OrderStatus::rejected, EndReason::insufficient_funds, *refusal, 0});
        }
    }
    set_reserve(state, order);
    work(state, order);
}

}  // namespace

void trade(ModelState& state, const Match& match) {
    StoredOrder& maker = match.maker;
    StoredOrder& taker = match.taker;
    const InstrumentId instrument = maker.record.spec.instrument;
    MarketState& market = state.market(instrument);
    Ladder& ladder = market.side(maker.record.spec.side);
    PLUMB_CHECK(maker.in_book && 0 < match.quantity.sign() && match.quantity <= maker.record.leaves());
    const auto next = by_notional(taker.record) ? price_after(ladder, maker, match.quantity) : std::nullopt;
    const TradeNumber number = ++state.last_trade;
    const Side aggressor = taker.record.spec.side;
    Quantity level = ladder.shrink(maker.record.spec.limit, match.quantity);
    book_fill(state, maker, match.price, match.quantity);
    book_fill(state, taker, match.price, match.quantity);
    if (by_notional(taker.record) &&
        still_wanted(market, taker.record, next.value_or(match.price)).is_zero()) {
        taker.record.status = OrderStatus::filled;
    }
    if (!is_open(maker.record.status)) level = ladder.remove(state.orders, maker);
    state.level_is(instrument, maker.record.spec.side, maker.record.spec.limit, level);
    state.tell(TradeHappened{number, instrument, aggressor, match.price, match.quantity, maker.record.number,
                             taker.record.number, maker.liquidation || taker.liquidation});
    const bool within_house = maker.is_house() && taker.is_house();
    FillTerms terms{match.price, match.quantity, number, true, within_house};
    settle_and_tell(state, maker, terms);
    terms.maker = false;
    settle_and_tell(state, taker, terms);
    if (!is_open(maker.record.status)) close_filled(state, maker);
    if (!is_open(taker.record.status)) close_filled(state, taker);
    trim_reduce_only(state, maker.record.spec.account, instrument);
    if (maker.record.spec.account != taker.record.spec.account) {
        trim_reduce_only(state, taker.record.spec.account, instrument);
    }
    see_last(state, instrument, match.price);
}

void work(ModelState& state, StoredOrder& order) {
    const OrderSpec& spec = order.record.spec;
    const bool at_market = is_market_like(order.record);
    const std::optional<Price> limit = at_market ? std::nullopt : std::optional{spec.limit};
    if (spec.time_in_force == TimeInForce::fill_or_kill && !by_notional(order.record) &&
        !fills_whole(state, order, limit)) {
        return end_order(state, order, expired(EndReason::fill_or_kill));
    }
    take(state, order, limit);
    if (!is_open(order.record.status)) return;
    if (at_market) return end_order(state, order, expired(EndReason::no_liquidity));
    if (spec.time_in_force == TimeInForce::immediate_or_cancel) {
        return end_order(state, order, expired(EndReason::immediate_rest));
    }
    PLUMB_CHECK(spec.time_in_force != TimeInForce::fill_or_kill);
    rest(state, order);
}

void see_last(ModelState& state, InstrumentId instrument, Price price) {
    MarketState& market = state.market(instrument);
    market.last = price;
    if (market.status != TradingStatus::open) return;
    market.shelf.see(TriggerPrice::last, price, market.spec.instrument.tick, state.orders, state.woken);
}

void work_off_woken(ModelState& state) {
    // Waking one may append others; each wakes once, so this ends.
    for (std::size_t i = 0; i < state.woken.size(); ++i) wake(state, state.orders[state.woken[i]]);
    state.woken.clear();
}

}  // namespace plumb::exchange
