#include "exchange/kraken/desk.hpp"

namespace plumb::exchange::kraken {

Desk::Desk(const ProtocolContext& context)
    : model{context.model},
      past{context.past},
      outlet{context.outlet},
      access{context.access},
      contracts{context.model},
      keys{context.access},
      quote{context.model.asset("USD")},
      order_ids{context.seed, 1},
      fill_ids{context.seed, 2},
      trade_ids{context.seed, 3},
      reject_ids{context.seed, 4},
      account_ids{context.seed, 5},
      event_ids{context.seed, 6},
      challenge_ids{context.seed, 7} {}

// The view of an account is its orders as they were `lag` ago; asked for from far ahead it is the present.
std::optional<OrderRecord> Desk::order_now(AccountId account, OrderNumber number, Timestamp now) const {
    return model.find_order(account, number, now + std::chrono::days{365});
}

std::optional<OrderRecord> Desk::find_order(AccountId account, std::string_view order_id,
                                            std::string_view client_id, Timestamp now) const {
    if (!order_id.empty()) {
        const std::optional<std::uint64_t> number = order_ids.number(order_id);
        return number ? model.find_order(account, *number, now) : std::nullopt;
    }
    return client_id.empty() ? std::nullopt : model.find_order(account, client_id, now);
}

std::string_view order_type_of(const OrderRecord& order) {
    if (!order.spec.note.empty()) return order.spec.note;
    switch (order.spec.type) {
        case OrderType::market: return "mkt";
        case OrderType::limit: return order.spec.post_only ? "post" : "lmt";
        case OrderType::stop:
        case OrderType::stop_limit: return order.spec.takes_profit ? "take_profit" : "stp";
        case OrderType::trailing_stop: return "trailing_stop";
    }
    return "";
}

bool is_trigger(const OrderRecord& order) {
    return order.spec.type == OrderType::stop || order.spec.type == OrderType::stop_limit ||
           order.spec.type == OrderType::trailing_stop;
}

std::string_view side_word(Side side) { return side == Side::buy ? "buy" : "sell"; }

std::string_view signal_word(TriggerPrice trigger) {
    switch (trigger) {
        case TriggerPrice::last: return "last";
        case TriggerPrice::mark: return "mark";
        case TriggerPrice::index: return "spot";
    }
    return "";
}

std::string_view end_word_of(const OrderRecord& order) {
    if (order.status == OrderStatus::filled) return "full_fill";
    if (is_open(order.status)) {
        return order.filled.is_zero() ? "new_placed_order_by_user" : "partial_fill";
    }
    switch (order.end_reason) {
        case EndReason::none:
        case EndReason::by_owner:
        case EndReason::replaced: return "cancelled_by_user";
        case EndReason::by_venue: return "cancelled_by_admin";
        case EndReason::immediate_rest:
        case EndReason::fill_or_kill:
        case EndReason::no_liquidity: return "ioc_order_failed_because_it_would_not_be_executed";
        case EndReason::time_over:
        case EndReason::market_closed: return "market_inactive";
        case EndReason::self_trade: return "would_execute_self";
        case EndReason::reduce_only: return "would_not_reduce_position";
        case EndReason::post_only: return "post_order_failed_because_it_would_filled";
        case EndReason::dead_man: return "dead_man_switch";
        case EndReason::liquidation: return "liquidation";
        case EndReason::insufficient_funds: return "not_enough_margin";
    }
    return "";
}

}  // namespace plumb::exchange::kraken
