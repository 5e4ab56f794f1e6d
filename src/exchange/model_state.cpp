#include "exchange/model_state.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange {

AssetId ModelState::add_asset(std::string_view name) {
    const auto at = std::ranges::find(assets, name);
    if (at != assets.end()) return AssetId{static_cast<std::uint32_t>(at - assets.begin())};
    assets.emplace_back(name);
    make_room();
    return AssetId{static_cast<std::uint32_t>(assets.size() - 1)};
}

void ModelState::make_room() {
    for (AccountState& account : accounts) {
        account.holdings.resize(assets.size());
        account.exposures.resize(markets.size());
    }
}

void ModelState::tell_order(OrderStep step, const OrderRecord& record) {
    if (!tells(record.spec.account)) return;
    OrderHappened& happened = tell_new<OrderHappened>();
    happened.step = step;
    happened.record = record;
}

void ModelState::level_is(InstrumentId instrument, Side side, Price price, Quantity quantity) {
    MarketState& at = market(instrument);
    if (!at.touched) {
        at.touched = true;
        touched.push_back(instrument);
    }
    const bool same =
        untold.is_set && untold.instrument == instrument && untold.side == side && untold.price == price;
    if (!same) tell_level();
    untold = {true, instrument, side, price, quantity};
}

void ModelState::tell_level() {
    if (!untold.is_set) return;
    untold.is_set = false;
    tell(LevelChanged{untold.instrument, untold.side, untold.price, untold.quantity,
                      ++market(untold.instrument).sequence});
}

void ModelState::end_step() {
    tell_level();
    for (const InstrumentId instrument : touched) {
        MarketState& at = market(instrument);
        at.touched = false;
        const QuoteChanged quote = quote_of(at);
        const bool same = quote.bid == at.told.bid && quote.ask == at.told.ask &&
                          quote.bid_quantity == at.told.bid_quantity &&
                          quote.ask_quantity == at.told.ask_quantity;
        if (same) continue;
        at.told = quote;
        tell(quote);
    }
    touched.clear();
    for (; ended.size() > options.ended_orders_max; ended.pop_front()) forget(ended.front());
    for (; ended_house.size() > kHouseEndedMax; ended_house.pop_front()) forget(ended_house.front());
}

void ModelState::forget(SlotIndex slot) {
    StoredOrder& order = orders[slot];
    AccountState& owner = account(order.record.spec.account);
    orders.remove(owner.known, order, &StoredOrder::known);
    if (options.id_rule != IdRule::unique_forever) {
        const auto at = owner.client_ids.find(order.record.spec.client_id);
        if (at != owner.client_ids.end() && at->second == order.record.number) owner.client_ids.erase(at);
    }
    orders.forget(order);
}

void ModelState::remember(OrderRecord& record) {
    if (record.spec.account.value == 0) return;
    // The executions stay with the order: a version with all of them for each of them would grow as a square.
    std::vector<ExecutionNumber> aside = std::move(record.executions);
    record.executions.clear();
    order_journal.keep(record.number, {record, aside.size()}, now);
    record.executions = std::move(aside);
}

void ModelState::remember(AccountId account, AssetId asset) {
    if (account.value != 0) balance_journal.keep({account, asset}, holding(account, asset), now);
}

void ModelState::remember_position(AccountId account, InstrumentId instrument) {
    if (account.value != 0) {
        position_journal.keep({account, instrument}, position_of(account, instrument), now);
    }
}

Position ModelState::position_of(AccountId account, InstrumentId instrument) const {
    const Exposure& at = exposure(account, instrument);
    return {instrument, at.position, at.entry(), at.realized, at.funding};
}

void ModelState::tell_balance(AccountId account, AssetId asset, Decimal change, BalanceReason reason) {
    if (!tells(account)) return;
    const Holding& at = holding(account, asset);
    tell(BalanceChanged{account, asset, at.total, at.held, change, reason});
}

void ModelState::move_total(AccountId account, AssetId asset, Decimal change, BalanceReason reason) {
    if (change.is_zero()) return;
    remember(account, asset);
    Holding& at = holding(account, asset);
    at.total += change;
    at.known = true;
    tell_balance(account, asset, change, reason);
}

void ModelState::move_held(AccountId account, AssetId asset, Decimal change, BalanceReason reason) {
    if (change.is_zero()) return;
    remember(account, asset);
    Holding& at = holding(account, asset);
    at.held += change;
    at.known = true;
    PLUMB_CHECK(at.held.sign() >= 0);
    tell_balance(account, asset, change, reason);
}

QuoteChanged quote_of(const MarketState& market) {
    QuoteChanged quote;
    quote.instrument = market.spec.instrument.id;
    quote.sequence = market.sequence;
    if (!market.bids.empty()) {
        quote.bid = market.bids.best().price;
        quote.bid_quantity = market.bids.best().quantity;
    }
    if (!market.asks.empty()) {
        quote.ask = market.asks.best().price;
        quote.ask_quantity = market.asks.best().quantity;
    }
    return quote;
}

}  // namespace plumb::exchange
