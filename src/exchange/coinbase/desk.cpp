#include "exchange/coinbase/desk.hpp"

namespace plumb::exchange::coinbase {

Desk::Desk(const ProtocolContext& context)
    : model{context.model},
      past{context.past},
      outlet{context.outlet},
      access{context.access},
      products{context.model},
      keys{context.access},
      order_ids{context.seed, 11},
      fill_ids{context.seed, 12},
      entry_ids{context.seed, 13},
      user_ids{context.seed, 14},
      portfolio_ids{context.seed, 15},
      wallet_ids{context.seed, 16},
      preview_ids{context.seed, 17} {}

// The view of an account is its orders as they were `lag` ago; asked for from far ahead it is the present.
std::optional<OrderRecord> Desk::order_now(AccountId account, OrderNumber number, Timestamp now) const {
    return model.find_order(account, number, now + std::chrono::days{365});
}

std::optional<OrderRecord> Desk::find_order(AccountId account, std::string_view order_id,
                                            Timestamp now) const {
    const std::optional<std::uint64_t> number = order_ids.number(order_id);
    return number ? model.find_order(account, *number, now) : std::nullopt;
}

Decimal Desk::fees_of(const OrderRecord& order) const {
    Decimal fees;
    for (const ExecutionNumber number : order.executions) {
        if (const auto execution = model.find_execution(number)) fees += execution->fee;
    }
    return fees;
}

std::string Desk::wallet_id(AccountId account, AssetId asset) const {
    return wallet_ids.text(std::uint64_t{account.value} << 24 | asset.value);
}

std::string_view side_word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }
std::string_view lower_side_word(Side side) { return side == Side::buy ? "buy" : "sell"; }

std::string_view configuration_of(const OrderRecord& order) {
    if (!order.spec.note.empty()) return order.spec.note;
    switch (order.spec.type) {
        case OrderType::market: return "market_market_ioc";
        case OrderType::limit:
            if (order.spec.time_in_force == TimeInForce::immediate_or_cancel) return "sor_limit_ioc";
            if (order.spec.time_in_force == TimeInForce::fill_or_kill) return "limit_limit_fok";
            return "limit_limit_gtc";
        case OrderType::stop:
        case OrderType::stop_limit:
        case OrderType::trailing_stop: return "stop_limit_stop_limit_gtc";
    }
    return "";
}

std::string_view status_word(const OrderRecord& order) {
    switch (order.status) {
        case OrderStatus::waiting:
        case OrderStatus::working:
        case OrderStatus::partially_filled: return "OPEN";
        case OrderStatus::filled: return "FILLED";
        case OrderStatus::canceled:
        case OrderStatus::replaced: return "CANCELLED";
        case OrderStatus::expired: return order.end_reason == EndReason::time_over ? "EXPIRED" : "CANCELLED";
        case OrderStatus::rejected: return "FAILED";
    }
    return "";
}

std::string_view time_in_force_word(const OrderRecord& order) {
    if (order.spec.type == OrderType::market) return "IMMEDIATE_OR_CANCEL";
    switch (order.spec.time_in_force) {
        case TimeInForce::immediate_or_cancel: return "IMMEDIATE_OR_CANCEL";
        case TimeInForce::fill_or_kill: return "FILL_OR_KILL";
        case TimeInForce::day:
        case TimeInForce::good_till_canceled: break;
    }
    return order.spec.expires_at == Timestamp{} ? "GOOD_UNTIL_CANCELLED" : "GOOD_UNTIL_DATE_TIME";
}

std::string_view trigger_status_word(const OrderRecord& order) {
    if (order.spec.type != OrderType::stop_limit) return "INVALID_ORDER_TYPE";
    return order.triggered ? "STOP_TRIGGERED" : "STOP_PENDING";
}

Price reference_price(const Desk& desk, InstrumentId instrument, Side side) {
    const QuoteChanged quote = desk.model.quote(instrument);
    if (side == Side::buy && !quote.ask_quantity.is_zero()) return quote.ask;
    if (side == Side::sell && !quote.bid_quantity.is_zero()) return quote.bid;
    return desk.model.last_price(instrument);
}

}  // namespace plumb::exchange::coinbase
