#include "exchange/funds.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "exchange/margin.hpp"

namespace plumb::exchange {
namespace {

/// What is left to give for the reduce-only orders of an account, while one order walks the book.
class ReduceOnlyWalk {
 public:
    ReduceOnlyWalk(const ModelState& state, InstrumentId instrument)
        : state_{state}, instrument_{instrument} {}

    Quantity take(const StoredOrder& maker, Quantity wanted) {
        const OrderSpec& spec = maker.record.spec;
        const Exposure& exposure = state_.exposure(spec.account, instrument_);
        if (exposure.reduce_only_open == 0) return std::min(maker.record.leaves(), wanted);
        Quantity& left = left_of(spec.account, spec.side);
        Quantity given = std::min(maker.record.leaves(), wanted);
        if (spec.reduce_only) given = std::min(given, std::max(left, Quantity{}));
        left -= given;
        return given;
    }

 private:
    Quantity& left_of(AccountId account, Side side) {
        for (auto& [each, left] : accounts_) {
            if (each == account) return left;
        }
        return accounts_.emplace_back(account, reducible(state_, account, instrument_, side)).second;
    }

    const ModelState& state_;
    InstrumentId instrument_;
    std::vector<std::pair<AccountId, Quantity>> accounts_;
};

/// The reserve in the asset, or the value under margin, for what is left of the order.
Decimal wanted_reserve(const ModelState& state, const StoredOrder& order) {
    const OrderRecord& record = order.record;
    const OrderSpec& spec = record.spec;
    if (order.is_house() || !is_open(record.status) || is_market_like(record)) return {};
    const MarketState& market = state.market(spec.instrument);
    const Quantity left = record.leaves();
    if (on_margin(state.account(spec.account), market)) {
        if (spec.reduce_only || record.status == OrderStatus::waiting || order.on_shelf) return {};
        return (spec.limit * left).value;
    }
    if (spec.side == Side::sell) return left.value;
    const Money value = reserve_price(record) * left;
    return (value + value * fee_beside(market)).value;
}

void apply_reserve(ModelState& state, StoredOrder& order, Decimal reserve, Quantity quantity) {
    const OrderSpec& spec = order.record.spec;
    const Decimal change = reserve - order.reserve;
    const Quantity quantity_change = quantity - order.reserved;
    order.reserve = reserve;
    order.reserved = quantity;
    const MarketState& market = state.market(spec.instrument);
    if (on_margin(state.account(spec.account), market)) {
        Exposure& exposure = state.exposure(spec.account, spec.instrument);
        (spec.side == Side::buy ? exposure.open_buys : exposure.open_sells) += Money{change};
        if (spec.side == Side::sell) exposure.open_sell_quantity += quantity_change;
        return;
    }
    const AssetId asset = spec.side == Side::buy ? market.quote : market.base;
    state.move_held(spec.account, asset, change,
                    change.sign() < 0 ? BalanceReason::release : BalanceReason::reserve);
}

std::optional<Refusal> cash_refusal(const ModelState& state, const OrderRecord& record, Quantity wanted) {
    const OrderSpec& spec = record.spec;
    const MarketState& market = state.market(spec.instrument);
    if (spec.side == Side::sell) {
        const Decimal needed =
            (spec.notional.is_zero() ? wanted : walk_book(state, spec, {}, std::nullopt).quantity).value;
        const Decimal free = state.holding(spec.account, market.base).free();
        return free < needed ? std::optional{Refusal::insufficient_funds} : std::nullopt;
    }
    Money cost = spec.notional;
    if (cost.is_zero()) {
        cost = is_market_like(record) ? walk_book(state, spec, wanted, std::nullopt).value
                                      : reserve_price(record) * wanted;
        cost += cost * fee_beside(market);
    }
    if (state.holding(spec.account, market.quote).free() < cost.value) return Refusal::insufficient_funds;
    if (!state.account(spec.account).is_margin()) return std::nullopt;
    // The cash is there, but it may stand behind positions elsewhere.
    const Money available =
        equity_of(state, spec.account, market.quote) - initial_margin_of(state, spec.account, market.quote);
    return available < cost ? std::optional{Refusal::insufficient_funds} : std::nullopt;
}

std::optional<Refusal> short_refusal(const ModelState& state, const OrderSpec& spec, Quantity wanted) {
    const MarketState& market = state.market(spec.instrument);
    if (market.is_perpetual() || spec.side == Side::buy) return std::nullopt;
    const AccountState& account = state.account(spec.account);
    if (account.spec.may_short && market.spec.instrument.can_short) return std::nullopt;
    const Quantity owned = Quantity{state.holding(spec.account, market.base).total} -
                           state.exposure(spec.account, spec.instrument).open_sell_quantity;
    if (wanted <= owned) return std::nullopt;
    return Refusal::no_shorting;
}

std::optional<Refusal> on_margin_refusal(const ModelState& state, const OrderRecord& record,
                                         Quantity wanted) {
    const OrderSpec& spec = record.spec;
    const MarketState& market = state.market(spec.instrument);
    const bool at_market = is_market_like(record);
    const Walk walk =
        at_market ? walk_book(state, spec, wanted, std::nullopt) : Walk{wanted, spec.limit * wanted};
    const Quantity sold = spec.notional.is_zero() ? wanted : walk.quantity;
    if (const auto refusal = short_refusal(state, spec, sold)) return refusal;
    if (spec.reduce_only) return std::nullopt;
    MarginAsk ask{spec.side, walk.value, walk.value * std::max(market.spec.fees.taker, Decimal{})};
    if (at_market && !market.value_price().is_zero()) {
        const Money fair = market.value_price() * walk.quantity;
        const Money loss = spec.side == Side::buy ? walk.value - fair : fair - walk.value;
        ask.loss += std::max(loss, Money{});
        ask.value = std::max(walk.value, fair);
    }
    return margin_refusal(state, spec.account, market, ask);
}

}  // namespace

bool is_market_like(const OrderRecord& record) {
    return record.spec.type == OrderType::market ||
           (record.triggered && record.spec.type != OrderType::stop_limit);
}

Price reserve_price(const OrderRecord& record) {
    switch (record.spec.type) {
        case OrderType::limit:
        case OrderType::stop_limit: return record.spec.limit;
        case OrderType::stop: return record.spec.stop;
        case OrderType::trailing_stop: return record.trail_stop;
        case OrderType::market: break;
    }
    return {};
}

Decimal fee_beside(const MarketState& market) {
    const FeeRule& fees = market.spec.fees;
    if (fees.asset != FeeAsset::quote) return {};
    return std::max({fees.maker, fees.taker, Decimal{}});
}

SelfTrade self_trade_of(const ModelState& state, const OrderSpec& spec) {
    return spec.self_trade ? *spec.self_trade : state.account(spec.account).spec.self_trade;
}

Quantity reducible(const ModelState& state, AccountId account, InstrumentId instrument, Side side) {
    const Quantity position = state.exposure(account, instrument).position;
    const Quantity signed_for_side = side == Side::sell ? position : -position;
    return std::max(signed_for_side, Quantity{});
}

Money spent(const MarketState& market, Side side, Money value) {
    if (side == Side::sell || market.spec.fees.asset != FeeAsset::quote) return value;
    return value + value * std::max(market.spec.fees.taker, Decimal{});
}

Quantity affordable(const MarketState& market, Side side, Price price, Money money) {
    if (money.sign() <= 0) return {};
    const Money one = spent(market, side, Money{price.value});
    return (money / Price{one.value}).quantized(market.spec.instrument.lot, Rounding::down);
}

Walk walk_book(const ModelState& state, const OrderSpec& spec, Quantity wanted, std::optional<Price> limit) {
    const MarketState& market = state.market(spec.instrument);
    const Ladder& other = market.side(opposite(spec.side));
    const SelfTrade rule = self_trade_of(state, spec);
    const bool by_value = !spec.notional.is_zero();
    ReduceOnlyWalk reduce_only{state, spec.instrument};
    Walk walk;
    for (std::size_t i = other.levels().size(); i > 0; --i) {
        const LadderLevel& level = other.levels()[i - 1];
        if (limit && !other.meets(level.price, *limit)) break;
        for (SlotIndex slot = level.orders.first; slot != kNoSlot;) {
            const StoredOrder& maker = state.orders[slot];
            slot = maker.queue.next;
            const Quantity most = by_value ? affordable(market, spec.side, level.price,
                                                        spec.notional - spent(market, spec.side, walk.value))
                                           : wanted - walk.quantity;
            if (most.sign() <= 0) return walk;
            if (maker.record.spec.account == spec.account && rule != SelfTrade::allow) {
                if (rule != SelfTrade::cancel_maker) return walk;
                continue;
            }
            const Quantity given = reduce_only.take(maker, most);
            walk.quantity += given;
            walk.value += level.price * given;
        }
    }
    return walk;
}

std::optional<Refusal> funds_refusal(const ModelState& state, const OrderRecord& record, Quantity wanted) {
    const OrderSpec& spec = record.spec;
    if (spec.account.value == 0) return std::nullopt;
    const MarketState& market = state.market(spec.instrument);
    if (!on_margin(state.account(spec.account), market)) return cash_refusal(state, record, wanted);
    // A stop on margin is looked at when it wakes.
    if (record.status == OrderStatus::waiting) return std::nullopt;
    return on_margin_refusal(state, record, wanted);
}

void set_reserve(ModelState& state, StoredOrder& order) {
    const Decimal reserve = wanted_reserve(state, order);
    const bool counts = !reserve.is_zero();
    if (reserve == order.reserve && !counts) return;
    apply_reserve(state, order, reserve, counts ? order.record.leaves() : Quantity{});
}

void release_reserve(ModelState& state, StoredOrder& order) {
    if (order.reserve.is_zero() && order.reserved.is_zero()) return;
    apply_reserve(state, order, Decimal{}, Quantity{});
}

}  // namespace plumb::exchange
