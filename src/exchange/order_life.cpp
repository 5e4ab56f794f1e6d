#include "exchange/order_life.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/admission.hpp"
#include "exchange/funds.hpp"
#include "exchange/matching.hpp"

namespace plumb::exchange {
namespace {

bool is_stop(OrderType type) { return OrderType::stop <= type; }

/// When an order ends by itself: as it says, or at the end of its day in UTC.
Timestamp expiry_of(const OrderRecord& record) {
    const OrderSpec& spec = record.spec;
    if (spec.expires_at != Timestamp{} || spec.time_in_force != TimeInForce::day) return spec.expires_at;
    return std::chrono::floor<std::chrono::days>(record.created_at) + std::chrono::days{1};
}

void unlink_open(ModelState& state, StoredOrder& order) {
    const OrderRecord& record = order.record;
    Exposure& exposure = state.exposure(record.spec.account, record.spec.instrument);
    state.orders.remove(exposure.open, order, &StoredOrder::open);
    if (record.spec.reduce_only) --exposure.reduce_only_open;
    if (const Timestamp expiry = expiry_of(record); expiry != Timestamp{}) {
        state.expiries.erase({expiry, record.number});
    }
    (order.is_house() ? state.ended_house : state.ended).push_back(order.slot);
}

void name_order(ModelState& state, const OrderRecord& record) {
    if (record.spec.client_id.empty()) return;
    state.account(record.spec.account).client_ids[record.spec.client_id] = record.number;
}

}  // namespace

Price trigger_reference(const MarketState& market, TriggerPrice source) {
    switch (source) {
        case TriggerPrice::last: return market.last;
        case TriggerPrice::mark: return market.mark.mark;
        case TriggerPrice::index: return market.mark.index;
    }
    return {};
}

Price first_trail(const MarketState& market, const OrderSpec& spec) {
    const Price seen = trigger_reference(market, spec.trigger);
    return seen.is_zero() ? Price{} : TriggerShelf::follow(spec, {}, seen, market.spec.instrument.tick);
}

void rewrite_order(ModelState& state, StoredOrder& order, const OrderSpec& spec) {
    OrderRecord& record = order.record;
    const bool renamed = record.spec.client_id != spec.client_id;
    const Timestamp before = expiry_of(record);
    record.spec = spec;
    const Timestamp after = expiry_of(record);
    if (before != after) {
        if (before != Timestamp{}) state.expiries.erase({before, record.number});
        if (after != Timestamp{}) state.expiries.insert({after, record.number});
    }
    if (renamed) name_order(state, record);
}

StoredOrder& open_order(ModelState& state, const OrderSpec& spec, const Opening& opening) {
    StoredOrder& order = state.orders.add(++state.last_order);
    OrderRecord& record = order.record;
    record.spec = spec;
    record.triggered = opening.triggered;
    record.status = is_stop(spec.type) && !opening.triggered ? OrderStatus::waiting : OrderStatus::working;
    record.by_hand = opening.by_hand;
    record.replaces = opening.replaces;
    record.created_at = record.updated_at = state.now;
    order.liquidation = opening.liquidation;
    if (spec.type == OrderType::trailing_stop) {
        record.trail_stop = opening.trail_stop.is_zero() ? first_trail(state.market(spec.instrument), spec)
                                                         : opening.trail_stop;
    }
    Exposure& exposure = state.exposure(spec.account, spec.instrument);
    state.orders.append(exposure.open, order, &StoredOrder::open);
    AccountState& owner = state.account(spec.account);
    owner.known.push_back(record.number);
    ++owner.known_count;
    if (spec.reduce_only) ++exposure.reduce_only_open;
    if (const Timestamp expiry = expiry_of(record); expiry != Timestamp{}) {
        state.expiries.insert({expiry, record.number});
    }
    name_order(state, record);
    state.tell_order(OrderStep::accepted, record);
    set_reserve(state, order);
    return order;
}

void start(ModelState& state, StoredOrder& order) {
    if (order.record.status != OrderStatus::waiting) return work(state, order);
    const OrderSpec& spec = order.record.spec;
    MarketState& market = state.market(spec.instrument);
    market.shelf.add(order);
    if (spec.type == OrderType::trailing_stop) return;
    market.shelf.see(spec.trigger, trigger_reference(market, spec.trigger), market.spec.instrument.tick,
                     state.orders, state.woken);
}

void end_order(ModelState& state, StoredOrder& order, const Ending& ending) {
    OrderRecord& record = order.record;
    PLUMB_CHECK(is_open(record.status));
    state.remember(record);
    const OrderSpec& spec = record.spec;
    MarketState& market = state.market(spec.instrument);
    if (order.in_book) {
        const Quantity level = market.side(spec.side).remove(state.orders, order);
        state.level_is(spec.instrument, spec.side, spec.limit, level);
    }
    if (order.on_shelf) market.shelf.remove(order);
    record.status = ending.status;
    record.end_reason = ending.reason;
    record.replaced_by = ending.replaced_by;
    record.updated_at = record.ended_at = state.now;
    unlink_open(state, order);
    if (state.tells(spec.account)) {
        OrderHappened& happened = state.tell_of_order();
        happened.step = ending.step;
        happened.record = record;
        happened.refusal = ending.refusal;
    }
    release_reserve(state, order);
}

void close_filled(ModelState& state, StoredOrder& order) {
    unlink_open(state, order);
    release_reserve(state, order);
}

std::vector<OrderNumber> end_all(ModelState& state, AccountId account, InstrumentId instrument,
                                 EndReason why) {
    std::vector<OrderNumber> ended;
    for (SlotIndex slot = state.exposure(account, instrument).open.first; slot != kNoSlot;) {
        StoredOrder& order = state.orders[slot];
        slot = order.open.next;
        ended.push_back(order.record.number);
        end_order(state, order, why == EndReason::time_over ? expired(why) : canceled(why));
    }
    return ended;
}

void trim_reduce_only(ModelState& state, AccountId account, InstrumentId instrument) {
    const Exposure& exposure = state.exposure(account, instrument);
    if (exposure.reduce_only_open == 0) return;
    for (SlotIndex slot = exposure.open.first; slot != kNoSlot;) {
        StoredOrder& order = state.orders[slot];
        slot = order.open.next;
        OrderRecord& record = order.record;
        if (!order.in_book || !record.spec.reduce_only) continue;
        const Quantity most = reducible(state, account, instrument, record.spec.side);
        if (most.is_zero()) {
            end_order(state, order, canceled(EndReason::reduce_only));
        } else if (most < record.leaves()) {
            state.remember(record);
            const Quantity less = record.leaves() - most;
            const Quantity level =
                state.market(instrument).side(record.spec.side).shrink(record.spec.limit, less);
            record.spec.quantity -= less;
            record.updated_at = state.now;
            state.level_is(instrument, record.spec.side, record.spec.limit, level);
            state.tell_order(OrderStep::changed, record);
            set_reserve(state, order);
        }
    }
}

}  // namespace plumb::exchange
