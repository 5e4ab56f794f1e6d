#include "exchange/admission.hpp"

#include "exchange/funds.hpp"
#include "exchange/order_life.hpp"

namespace plumb::exchange {
namespace {

bool has_limit(OrderType type) { return type == OrderType::limit || type == OrderType::stop_limit; }
bool has_stop(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }
bool is_stop(OrderType type) { return OrderType::stop <= type; }

std::optional<Refusal> words_refusal(const OrderSpec& spec) {
    const bool by_notional = 0 < spec.notional.sign();
    if (spec.quantity.sign() < 0 || spec.notional.sign() < 0) return Refusal::quantity_below_min;
    if (by_notional && (spec.type != OrderType::market || spec.reduce_only)) {
        return Refusal::type_not_supported;
    }
    if (by_notional && !spec.quantity.is_zero()) return Refusal::type_not_supported;
    if (!by_notional && spec.quantity.is_zero()) return Refusal::quantity_below_min;
    if (has_limit(spec.type) && spec.limit.sign() <= 0) return Refusal::price_missing;
    if (has_stop(spec.type) && spec.stop.sign() <= 0) return Refusal::price_missing;
    if (spec.type == OrderType::trailing_stop && !spec.trail.is_set()) return Refusal::price_missing;
    if (spec.type == OrderType::trailing_stop && Decimal{1} <= spec.trail.fraction) {
        return Refusal::price_outside_band;
    }
    if (spec.post_only && !has_limit(spec.type)) return Refusal::type_not_supported;
    const bool rests =
        spec.time_in_force == TimeInForce::day || spec.time_in_force == TimeInForce::good_till_canceled;
    if (spec.post_only && !rests) return Refusal::time_in_force_not_supported;
    if (spec.type == OrderType::trailing_stop && !rests) return Refusal::time_in_force_not_supported;
    return std::nullopt;
}

std::optional<Refusal> quantity_refusal(const MarketSpec& market, const OrderSpec& spec) {
    if (Quantity{Decimal{kQuantityMost}} < spec.quantity) return Refusal::quantity_above_max;
    if (!spec.quantity.value.is_multiple_of(market.instrument.lot.value)) return Refusal::quantity_off_lot;
    if (spec.account.value == 0 || !spec.notional.is_zero()) return std::nullopt;
    if (spec.quantity < market.instrument.quantity_min) return Refusal::quantity_below_min;
    const bool own_bound = spec.type == OrderType::market && !market.market_quantity_max.is_zero();
    const Quantity most = own_bound ? market.market_quantity_max : market.quantity_max;
    if (!most.is_zero() && most < spec.quantity) return Refusal::quantity_above_max;
    return std::nullopt;
}

std::optional<Refusal> price_refusal(const MarketState& market, const OrderSpec& spec) {
    const Decimal tick = market.spec.instrument.tick.value;
    const Price most{Decimal{kPriceMost}};
    if (has_limit(spec.type)) {
        if (most < spec.limit) return Refusal::price_outside_band;
        if (!spec.limit.value.is_multiple_of(tick)) return Refusal::price_off_tick;
    }
    if (has_stop(spec.type)) {
        if (most < spec.stop) return Refusal::price_outside_band;
        if (!spec.stop.value.is_multiple_of(tick)) return Refusal::price_off_tick;
    }
    if (most < spec.trail.distance) return Refusal::price_outside_band;
    if (spec.account.value == 0 || market.spec.price_band.is_zero() || !has_limit(spec.type)) {
        return std::nullopt;
    }
    const Price last = market.last;
    if (last.is_zero()) return std::nullopt;
    const Price band{last.value * market.spec.price_band};
    return band < (spec.limit - last).abs() ? std::optional{Refusal::price_outside_band} : std::nullopt;
}

/// The price a value is judged at: its own, else what a taker would meet, else the last.
Price judged_price(const MarketState& market, const OrderSpec& spec) {
    if (has_limit(spec.type)) return spec.limit;
    if (has_stop(spec.type)) return spec.stop;
    const Ladder& other = market.side(opposite(spec.side));
    return market.last.is_zero() && !other.empty() ? other.best().price : market.last;
}

std::optional<Refusal> value_refusal(const MarketState& market, const OrderSpec& spec) {
    const Money most{Decimal{kNotionalMost}};
    Money value = spec.notional;
    if (value.is_zero()) {
        const Price price = judged_price(market, spec);
        const Result<Money> product = notional(price, spec.quantity);
        if (!product || most < *product) return Refusal::notional_above_max;
        value = *product;
        if (price.is_zero()) return std::nullopt;
    }
    if (most < value) return Refusal::notional_above_max;
    if (spec.account.value == 0) return std::nullopt;
    // What closes a position may be as small as the position is.
    if (value < market.spec.instrument.notional_min && !spec.reduce_only) return Refusal::notional_below_min;
    const Money bound = market.spec.notional_max;
    return !bound.is_zero() && bound < value ? std::optional{Refusal::notional_above_max} : std::nullopt;
}

bool would_fire(const MarketState& market, const OrderSpec& spec) {
    if (!has_stop(spec.type)) return false;
    const Price seen = trigger_reference(market, spec.trigger);
    if (seen.is_zero()) return false;
    return TriggerShelf::wakes_on_rise(spec) ? spec.stop <= seen : seen <= spec.stop;
}

}  // namespace

bool id_is_taken(const ModelState& state, const OrderSpec& spec) {
    if (spec.client_id.empty() || state.options.id_rule == IdRule::not_unique) return false;
    const ClientIds& ids = state.account(spec.account).client_ids;
    const auto at = ids.find(spec.client_id);
    if (at == ids.end()) return false;
    if (state.options.id_rule == IdRule::unique_forever) return true;
    const StoredOrder* order = state.orders.find(at->second);
    return order != nullptr && is_open(order->record.status);
}

std::optional<Refusal> terms_refusal(const ModelState& state, const OrderSpec& spec, bool triggered) {
    const MarketState& market = state.market(spec.instrument);
    if (const auto refusal = words_refusal(spec)) return refusal;
    if (const auto refusal = quantity_refusal(market.spec, spec)) return refusal;
    if (const auto refusal = price_refusal(market, spec)) return refusal;
    if (const auto refusal = value_refusal(market, spec)) return refusal;
    if (!triggered && !state.options.stops_may_fire_at_once && would_fire(market, spec)) {
        return Refusal::trigger_would_fire;
    }
    const Ladder& other = market.side(opposite(spec.side));
    const bool works_now = !is_stop(spec.type) || triggered;
    if (spec.post_only && works_now && !other.empty() && other.meets(other.best().price, spec.limit)) {
        return Refusal::post_only_would_take;
    }
    return std::nullopt;
}

std::optional<Refusal> admission_refusal(const ModelState& state, const OrderSpec& spec) {
    if (state.markets.size() <= spec.instrument.value) return Refusal::unknown_instrument;
    const MarketState& market = state.market(spec.instrument);
    if (market.status != TradingStatus::open) return Refusal::not_trading;
    if (const auto refusal = terms_refusal(state, spec, false)) return refusal;
    if (id_is_taken(state, spec)) return Refusal::duplicate_client_id;
    const auto open = state.exposure(spec.account, spec.instrument).open.count;
    if (spec.account.value != 0 && spec.type != OrderType::market &&
        open >= static_cast<std::uint32_t>(market.spec.orders_open_max)) {
        return Refusal::too_many_orders;
    }
    if (spec.reduce_only && reducible(state, spec.account, spec.instrument, spec.side).is_zero()) {
        return Refusal::reduce_only_would_not_reduce;
    }
    return std::nullopt;
}

}  // namespace plumb::exchange
