#include "exchange/views.hpp"

#include <algorithm>

namespace plumb::exchange {

std::optional<OrderRecord> seen_order(const ModelState& state, AccountId account, const StoredOrder& order,
                                      Timestamp now) {
    const OrderRecord& record = order.record;
    if (record.spec.account != account) return std::nullopt;
    const Duration lag = state.account(account).lag.orders;
    if (lag <= Duration{}) return record;
    const Timestamp then = now - lag;
    if (then < record.created_at) return std::nullopt;
    const ModelState::OrderVersion* before = state.order_journal.at(record.number, then);
    if (before == nullptr) return record;
    return before->restored(record);
}

std::vector<OrderRecord> seen_orders(const ModelState& state, AccountId account,
                                     std::optional<InstrumentId> instrument, bool only_open, Timestamp now) {
    const AccountState& owner = state.account(account);
    std::vector<OrderRecord> seen;
    const auto show = [&](const StoredOrder& order) {
        if (instrument && order.record.spec.instrument != *instrument) return;
        std::optional<OrderRecord> record = seen_order(state, account, order, now);
        if (record && (!only_open || is_open(record->status))) seen.push_back(std::move(*record));
    };
    if (only_open && owner.lag.orders <= Duration{}) {
        // The open ones hang together by market; nothing else needs a look.
        for (std::uint32_t i = 0; i < owner.exposures.size(); ++i) {
            if (instrument && instrument->value != i) continue;
            const OrderList& open = owner.exposures[i].open;
            for (SlotIndex slot = open.first; slot != kNoSlot; slot = state.orders[slot].open.next) {
                show(state.orders[slot]);
            }
        }
        std::ranges::sort(seen, {}, &OrderRecord::number);
        return seen;
    }
    for (const OrderNumber number : owner.known) {
        if (const StoredOrder* order = state.orders.find(number)) show(*order);
    }
    return seen;
}

std::vector<Execution> seen_executions(const ModelState& state, AccountId account, ExecutionNumber after,
                                       Timestamp now) {
    const Timestamp then = now - std::max(state.account(account).lag.fills, Duration{});
    std::vector<Execution> seen;
    for (auto at = std::ranges::upper_bound(state.executions, after, {}, &Execution::number);
         at != state.executions.end() && at->at <= then; ++at) {
        if (at->account == account) seen.push_back(*at);
    }
    return seen;
}

Balance seen_balance(const ModelState& state, AccountId account, AssetId asset, Timestamp now) {
    const Duration lag = state.account(account).lag.balances;
    const Holding* holding = &state.holding(account, asset);
    if (Duration{} < lag) {
        const Holding* before = state.balance_journal.at({account, asset}, now - lag);
        if (before != nullptr) holding = before;
    }
    return {asset, holding->total, holding->held};
}

Position seen_position(const ModelState& state, AccountId account, InstrumentId instrument, Timestamp now) {
    const Duration lag = state.account(account).lag.positions;
    if (Duration{} < lag) {
        const ModelState::PositionVersion* before =
            state.position_journal.at({account, instrument}, now - lag);
        if (before != nullptr) return before->position(instrument);
    }
    return state.position_of(account, instrument).position(instrument);
}

}  // namespace plumb::exchange
