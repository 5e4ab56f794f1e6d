#include "exchange/model_state.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange {
namespace {

constexpr std::size_t kKnownSpare = 1'024;  // numbers of forgotten orders that need no tidying

}  // namespace

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
    OrderHappened& happened = tell_of_order();
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
    --owner.known_count;
    if (options.id_rule != IdRule::unique_forever) {
        const auto at = owner.client_ids.find(order.record.spec.client_id);
        if (at != owner.client_ids.end() && at->second == order.record.number) owner.client_ids.erase(at);
    }
    orders.forget(order);
    if (owner.known.size() > 2 * owner.known_count + kKnownSpare) compact_known(owner);
}

void ModelState::compact_known(AccountState& owner) {
    std::erase_if(owner.known, [&](OrderNumber number) { return orders.find(number) == nullptr; });
}

ModelState::OrderVersion::OrderVersion(const OrderRecord& record)
    : quantity{record.spec.quantity},
      filled{record.filled},
      filled_value{record.filled_value},
      limit{record.spec.limit},
      stop{record.spec.stop},
      trail_stop{record.trail_stop},
      trail{record.spec.trail},
      updated_at{record.updated_at},
      triggered_at{record.triggered_at},
      executions{record.executions.size()},
      status{record.status},
      time_in_force{record.spec.time_in_force},
      triggered{record.triggered} {}

OrderRecord ModelState::OrderVersion::restored(const OrderRecord& record) const {
    OrderRecord then = record;
    then.spec.quantity = quantity;
    then.spec.limit = limit;
    then.spec.stop = stop;
    then.spec.trail = trail;
    then.spec.time_in_force = time_in_force;
    then.filled = filled;
    then.filled_value = filled_value;
    then.trail_stop = trail_stop;
    then.updated_at = updated_at;
    then.triggered_at = triggered_at;
    then.executions.resize(std::min(executions, then.executions.size()));
    then.status = status;
    then.triggered = triggered;
    // Whatever is to change again had not ended.
    then.end_reason = EndReason::none;
    then.ended_at = {};
    then.replaced_by = 0;
    return then;
}

void ModelState::remember(const OrderRecord& record) {
    if (record.spec.account.value != 0) order_journal.keep(record.number, OrderVersion{record}, now);
}

void ModelState::remember(AccountId account, AssetId asset) {
    if (account.value != 0) balance_journal.keep({account, asset}, holding(account, asset), now);
}

void ModelState::remember_position(AccountId account, InstrumentId instrument) {
    if (account.value != 0) {
        position_journal.keep({account, instrument}, position_of(account, instrument), now);
    }
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
