#include "exchange/words.hpp"

namespace plumb::exchange {

std::string_view to_string(IdRule rule) {
    switch (rule) {
        case IdRule::unique_forever: return "unique_forever";
        case IdRule::unique_while_open: return "unique_while_open";
        case IdRule::not_unique: return "not_unique";
    }
    return "";
}

std::string_view to_string(FeeAsset asset) {
    switch (asset) {
        case FeeAsset::quote: return "quote";
        case FeeAsset::received: return "received";
        case FeeAsset::third: return "third";
    }
    return "";
}

std::string_view to_string(SelfTrade trade) {
    switch (trade) {
        case SelfTrade::allow: return "allow";
        case SelfTrade::cancel_taker: return "cancel_taker";
        case SelfTrade::cancel_maker: return "cancel_maker";
        case SelfTrade::cancel_both: return "cancel_both";
    }
    return "";
}

std::string_view to_string(OrderStatus status) {
    switch (status) {
        case OrderStatus::waiting: return "waiting";
        case OrderStatus::working: return "working";
        case OrderStatus::partially_filled: return "partially_filled";
        case OrderStatus::filled: return "filled";
        case OrderStatus::canceled: return "canceled";
        case OrderStatus::expired: return "expired";
        case OrderStatus::rejected: return "rejected";
        case OrderStatus::replaced: return "replaced";
    }
    return "";
}

std::string_view to_string(EndReason reason) {
    switch (reason) {
        case EndReason::none: return "none";
        case EndReason::by_owner: return "by_owner";
        case EndReason::by_venue: return "by_venue";
        case EndReason::immediate_rest: return "immediate_rest";
        case EndReason::fill_or_kill: return "fill_or_kill";
        case EndReason::no_liquidity: return "no_liquidity";
        case EndReason::time_over: return "time_over";
        case EndReason::self_trade: return "self_trade";
        case EndReason::reduce_only: return "reduce_only";
        case EndReason::post_only: return "post_only";
        case EndReason::dead_man: return "dead_man";
        case EndReason::liquidation: return "liquidation";
        case EndReason::market_closed: return "market_closed";
        case EndReason::replaced: return "replaced";
        case EndReason::insufficient_funds: return "insufficient_funds";
    }
    return "";
}

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::unknown_instrument: return "unknown_instrument";
        case Refusal::not_trading: return "not_trading";
        case Refusal::type_not_supported: return "type_not_supported";
        case Refusal::time_in_force_not_supported: return "time_in_force_not_supported";
        case Refusal::quantity_below_min: return "quantity_below_min";
        case Refusal::quantity_above_max: return "quantity_above_max";
        case Refusal::quantity_off_lot: return "quantity_off_lot";
        case Refusal::price_missing: return "price_missing";
        case Refusal::price_off_tick: return "price_off_tick";
        case Refusal::price_outside_band: return "price_outside_band";
        case Refusal::trigger_would_fire: return "trigger_would_fire";
        case Refusal::notional_below_min: return "notional_below_min";
        case Refusal::notional_above_max: return "notional_above_max";
        case Refusal::insufficient_funds: return "insufficient_funds";
        case Refusal::no_shorting: return "no_shorting";
        case Refusal::duplicate_client_id: return "duplicate_client_id";
        case Refusal::post_only_would_take: return "post_only_would_take";
        case Refusal::reduce_only_would_not_reduce: return "reduce_only_would_not_reduce";
        case Refusal::would_liquidate: return "would_liquidate";
        case Refusal::too_many_orders: return "too_many_orders";
        case Refusal::unknown_order: return "unknown_order";
        case Refusal::order_ended: return "order_ended";
        case Refusal::nothing_to_change: return "nothing_to_change";
        case Refusal::not_replaceable: return "not_replaceable";
    }
    return "";
}

}  // namespace plumb::exchange
