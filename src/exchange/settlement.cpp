#include "exchange/settlement.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/funds.hpp"

namespace plumb::exchange {
namespace {

struct Fee {
    AssetId asset;
    Decimal amount;
};

Fee fee_of(const ModelState& state, const StoredOrder& order, const MarketState& market,
           const FillTerms& terms) {
    const FeeRule& rule = market.spec.fees;
    if (order.is_house()) return {market.quote, Decimal{}};
    const Decimal rate = terms.maker ? rule.maker : rule.taker;
    const Money value = terms.price * terms.quantity;
    const Fee in_quote{market.quote, (value * rate).value};
    const Fee received =
        order.record.spec.side == Side::buy ? Fee{market.base, (terms.quantity * rate).value} : in_quote;
    if (market.is_perpetual() && rule.asset != FeeAsset::third) return in_quote;
    switch (rule.asset) {
        case FeeAsset::quote: return in_quote;
        case FeeAsset::received: return received;
        case FeeAsset::third: break;
    }
    const Decimal amount = in_quote.amount / rule.third_price;
    // Who has none of the third asset pays as everybody does.
    if (state.holding(order.record.spec.account, market.third).free() < amount) {
        return market.is_perpetual() ? in_quote : received;
    }
    return {market.third, amount};
}

void pay_fee(ModelState& state, const OrderSpec& spec, const MarketState& market, const Fee& fee) {
    if (fee.amount.is_zero()) return;
    state.move_total(spec.account, fee.asset, -fee.amount, BalanceReason::fee);
    if (fee.asset != market.base || market.is_perpetual()) return;
    // What the fee took of the base is not in the position either; its cost per unit stays.
    Exposure& exposure = state.exposure(spec.account, spec.instrument);
    const Price entry = exposure.entry();
    exposure.position -= Quantity{fee.amount};
    exposure.cost = entry * exposure.position;
}

void tell_position(ModelState& state, AccountId account, InstrumentId instrument) {
    if (!state.tells(account)) return;
    const Exposure& exposure = state.exposure(account, instrument);
    state.tell(PositionChanged{account, instrument, exposure.position, exposure.entry()});
}

}  // namespace

Money move_position(ModelState& state, AccountId account, InstrumentId instrument, Quantity change,
                    Price price) {
    state.remember_position(account, instrument);
    Exposure& exposure = state.exposure(account, instrument);
    Money realized;
    Quantity opening = change;
    if (exposure.is_flat()) {
        exposure.realized = {};
        exposure.funding = {};
    } else if (exposure.position.sign() != change.sign()) {
        const Quantity closing = exposure.position.abs() <= change.abs() ? -exposure.position : change;
        opening = change - closing;
        const bool closes_all = closing == -exposure.position;
        const Money cost = closes_all
                               ? exposure.cost
                               : Money{exposure.cost.value * (-closing.value / exposure.position.value)};
        realized = price * -closing - cost;
        exposure.position += closing;
        exposure.cost -= cost;
        exposure.realized = opening.is_zero() ? exposure.realized + realized : Money{};
        if (!opening.is_zero()) exposure.funding = {};
    }
    exposure.position += opening;
    exposure.cost += price * opening;
    return realized;
}

Execution settle(ModelState& state, StoredOrder& order, const FillTerms& terms) {
    OrderRecord& record = order.record;
    const OrderSpec& spec = record.spec;
    const MarketState& market = state.market(spec.instrument);
    const Quantity change = spec.side == Side::buy ? terms.quantity : -terms.quantity;
    const Money value = terms.price * terms.quantity;
    Execution done;
    done.number = ++state.last_execution;
    done.trade = terms.trade;
    done.order = record.number;
    done.account = spec.account;
    done.instrument = spec.instrument;
    done.side = spec.side;
    done.price = terms.price;
    done.quantity = terms.quantity;
    done.maker = terms.maker;
    done.fee_asset = market.quote;
    done.filled_after = record.filled;
    done.liquidation = order.liquidation;
    done.at = state.now;
    if (!order.is_house()) set_reserve(state, order);
    if (!terms.within_house) {
        const Money realized = move_position(state, spec.account, spec.instrument, change, terms.price);
        if (market.is_perpetual()) {
            done.realized_profit = realized;
            state.move_total(spec.account, market.quote, realized.value,
                             order.liquidation ? BalanceReason::liquidation : BalanceReason::trade);
        } else {
            state.move_total(spec.account, market.base, change.value, BalanceReason::trade);
            state.move_total(spec.account, market.quote, spec.side == Side::buy ? -value.value : value.value,
                             BalanceReason::trade);
        }
        const Fee fee = fee_of(state, order, market, terms);
        done.fee_asset = fee.asset;
        done.fee = fee.amount;
        pay_fee(state, spec, market, fee);
        tell_position(state, spec.account, spec.instrument);
    }
    done.position_after = state.exposure(spec.account, spec.instrument).position;
    if (!order.is_house()) {
        record.executions.push_back(done.number);
        state.executions.push_back(done);
        if (state.executions.size() > state.options.executions_max) state.executions.pop_front();
    }
    return done;
}

}  // namespace plumb::exchange
