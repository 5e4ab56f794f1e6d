#include "exchange/upkeep.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/margin.hpp"
#include "exchange/matching.hpp"
#include "exchange/order_life.hpp"
#include "exchange/settlement.hpp"

namespace plumb::exchange {
namespace {

constexpr AccountId kHouse{0};

void run_dead_man_timers(ModelState& state) {
    for (std::uint32_t i = 0; i < state.accounts.size(); ++i) {
        AccountState& account = state.accounts[i];
        if (!account.dead_man || state.now < *account.dead_man) continue;
        account.dead_man.reset();
        for (const MarketState& market : state.markets) {
            end_all(state, AccountId{i}, market.spec.instrument.id, EndReason::dead_man);
        }
    }
}

void pay_funding_once(ModelState& state, MarketState& market) {
    const InstrumentId instrument = market.spec.instrument.id;
    Money paid_to_house;
    for (std::uint32_t i = 1; i < state.accounts.size(); ++i) {
        const AccountId id{i};
        Exposure& exposure = state.exposure(id, instrument);
        if (exposure.is_flat()) continue;
        const Money amount = -(market.value_price() * exposure.position * market.mark.funding_rate);
        state.remember_position(id, instrument);
        exposure.funding += amount;
        paid_to_house -= amount;
        state.move_total(id, market.quote, amount.value, BalanceReason::funding);
        state.tell(FundingPaid{id, instrument, amount, market.mark.funding_rate});
    }
    // The house holds the other side, so it takes the rest to the last unit.
    state.exposure(kHouse, instrument).funding += paid_to_house;
    state.move_total(kHouse, market.quote, paid_to_house.value, BalanceReason::funding);
}

void cover_loss(ModelState& state, AccountId account, const MarketState& market) {
    if (!market.is_perpetual() || !state.exposure(account, market.spec.instrument.id).is_flat()) return;
    const Decimal total = state.holding(account, market.quote).total;
    const bool has_more = std::ranges::any_of(state.account(account).exposures,
                                              [](const Exposure& each) { return !each.is_flat(); });
    if (0 <= total.sign() || has_more) return;
    state.move_total(account, market.quote, -total, BalanceReason::liquidation);
    state.move_total(kHouse, market.quote, total, BalanceReason::liquidation);
}

OrderSpec closing_order(AccountId account, InstrumentId instrument, Quantity position) {
    OrderSpec spec;
    spec.account = account;
    spec.instrument = instrument;
    spec.side = position.sign() < 0 ? Side::buy : Side::sell;
    spec.quantity = position.abs();
    spec.self_trade = SelfTrade::cancel_maker;
    return spec;
}

/// The asset of the account's perpetuals or margin that is short of maintenance, if one is.
std::optional<AssetId> short_of_margin(const ModelState& state, AccountId id) {
    const AccountState& account = state.account(id);
    std::optional<AssetId> checked;
    for (std::uint32_t i = 0; i < account.exposures.size(); ++i) {
        const MarketState& market = state.markets[i];
        if (account.exposures[i].is_flat() || checked == market.quote || !on_margin(account, market) ||
            market.spec.maintenance_margin.is_zero()) {
            continue;
        }
        checked = market.quote;
        if (equity_of(state, id, market.quote) < maintenance_margin_of(state, id, market.quote)) {
            return market.quote;
        }
    }
    return std::nullopt;
}

std::optional<InstrumentId> largest_position(const ModelState& state, AccountId id) {
    const AccountState& account = state.account(id);
    std::optional<InstrumentId> largest;
    Money most;
    for (std::uint32_t i = 0; i < account.exposures.size(); ++i) {
        const MarketState& market = state.markets[i];
        const Exposure& exposure = account.exposures[i];
        if (exposure.is_flat() || !on_margin(account, market) || market.spec.maintenance_margin.is_zero()) {
            continue;
        }
        const Money value = (market.value_price() * exposure.position).abs();
        if (largest && value <= most) continue;
        largest = market.spec.instrument.id;
        most = value;
    }
    return largest;
}

}  // namespace

void begin_step(ModelState& state, Timestamp now) {
    state.now = std::max(state.now, now);
    while (!state.expiries.empty() && state.expiries.begin()->first <= state.now) {
        StoredOrder* order = state.orders.find(state.expiries.begin()->second);
        PLUMB_CHECK(order != nullptr);
        end_order(state, *order, expired(EndReason::time_over));  // takes the entry away
    }
    run_dead_man_timers(state);
}

void finish_step(ModelState& state) {
    if (!state.woken.empty()) work_off_woken(state);
    state.end_step();
}

void pay_funding(ModelState& state) {
    for (MarketState& market : state.markets) {
        MarkChanged& mark = market.mark;
        const bool pays = market.is_perpetual() && mark.next_funding != Timestamp{};
        if (!pays || state.now < mark.next_funding) continue;
        while (mark.next_funding != Timestamp{} && mark.next_funding <= state.now) {
            pay_funding_once(state, market);
            mark.next_funding = market.spec.funding_interval == Duration{}
                                    ? Timestamp{}
                                    : mark.next_funding + market.spec.funding_interval;
        }
        state.tell(mark);
    }
}

void liquidate_position(ModelState& state, AccountId account, InstrumentId instrument) {
    MarketState& market = state.market(instrument);
    end_all(state, account, instrument, EndReason::liquidation);
    const Quantity position = state.exposure(account, instrument).position;
    if (position.is_zero()) return;
    Opening opening;
    opening.liquidation = true;
    const Quantity whole = position.abs().quantized(market.spec.instrument.lot, Rounding::down);
    if (market.status == TradingStatus::open && !whole.is_zero()) {
        work(state, open_order(state, closing_order(account, instrument, whole * Decimal{position.sign()}),
                               opening));
    }
    const Quantity left = state.exposure(account, instrument).position;
    const Price price = market.value_price();
    if (market.is_perpetual() && !left.is_zero() && !price.is_zero()) {
        OrderSpec spec = closing_order(kHouse, instrument, -left);
        spec.type = OrderType::limit;
        spec.limit = price.quantized(market.spec.instrument.tick, Rounding::nearest);
        StoredOrder& house = open_order(state, spec, {});
        const Quantity level = market.side(spec.side).add(state.orders, house);
        state.level_is(instrument, spec.side, spec.limit, level);
        StoredOrder& closing = open_order(state, closing_order(account, instrument, left), opening);
        trade(state, {house, closing, spec.limit, left.abs()});
    }
    cover_loss(state, account, market);
}

void liquidate_short_of_margin(ModelState& state) {
    for (std::uint32_t i = 1; i < state.accounts.size(); ++i) {
        const AccountId id{i};
        if (!short_of_margin(state, id)) continue;
        for (const MarketState& market : state.markets) {
            end_all(state, id, market.spec.instrument.id, EndReason::liquidation);
        }
        // Each round closes a position; without a price or a book the account is left to a better day.
        while (short_of_margin(state, id)) {
            const auto largest = largest_position(state, id);
            if (!largest) break;
            liquidate_position(state, id, *largest);
            if (!state.exposure(id, *largest).is_flat()) break;
        }
    }
}

void change_status(ModelState& state, InstrumentId instrument, TradingStatus status) {
    MarketState& market = state.market(instrument);
    if (market.delisted || market.status == status) return;
    market.status = status;
    state.tell(StatusChanged{instrument, status});
    if (status != TradingStatus::closed) return;
    for (std::uint32_t i = 0; i < state.accounts.size(); ++i) {
        for (SlotIndex slot = state.accounts[i].exposures[instrument.value].open.first; slot != kNoSlot;) {
            StoredOrder& order = state.orders[slot];
            slot = order.open.next;
            if (order.record.spec.time_in_force == TimeInForce::day) {
                end_order(state, order, expired(EndReason::time_over));
            }
        }
    }
}

void delist_market(ModelState& state, InstrumentId instrument) {
    change_status(state, instrument, TradingStatus::closed);
    state.market(instrument).delisted = true;
    for (std::uint32_t i = 0; i < state.accounts.size(); ++i) {
        end_all(state, AccountId{i}, instrument, EndReason::market_closed);
    }
}

void see_mark(ModelState& state, InstrumentId instrument, Price mark, Price index) {
    MarketState& market = state.market(instrument);
    market.mark.mark = mark;
    market.mark.index = index;
    state.tell(market.mark);
    if (market.status != TradingStatus::open) return;
    const Price tick = market.spec.instrument.tick;
    market.shelf.see(TriggerPrice::mark, mark, tick, state.orders, state.woken);
    market.shelf.see(TriggerPrice::index, index, tick, state.orders, state.woken);
}

std::expected<ExecutionNumber, Refusal> fill_from_outside(ModelState& state, StoredOrder& order, Price price,
                                                          Quantity quantity) {
    const OrderRecord& record = order.record;
    const OrderSpec& spec = record.spec;
    const MarketState& market = state.market(spec.instrument);
    if (!is_open(record.status)) return std::unexpected{Refusal::order_ended};
    if (!order.in_book) return std::unexpected{Refusal::not_trading};
    if (price.sign() <= 0) return std::unexpected{Refusal::price_missing};
    const bool worse = spec.side == Side::buy ? spec.limit < price : price < spec.limit;
    if (worse) return std::unexpected{Refusal::price_outside_band};
    const Quantity most = std::min(quantity, record.leaves());
    if (most.sign() <= 0) return std::unexpected{Refusal::quantity_below_min};
    if (!most.value.is_multiple_of(market.spec.instrument.lot.value)) {
        return std::unexpected{Refusal::quantity_off_lot};
    }
    OrderSpec other;
    other.instrument = spec.instrument;
    other.side = opposite(spec.side);
    other.quantity = most;
    const ExecutionNumber maker_execution = state.last_execution + 1;
    trade(state, {order, open_order(state, other, {}), price, most});
    return maker_execution;
}

}  // namespace plumb::exchange
