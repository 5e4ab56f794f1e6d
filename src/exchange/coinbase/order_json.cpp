#include "exchange/coinbase/order_json.hpp"

namespace plumb::exchange::coinbase {

namespace {

bool has(std::string_view configuration, std::string_view part) {
    return configuration.find(part) != std::string_view::npos;
}

std::string_view order_type_word(const OrderRecord& order) {
    if (order.spec.type == OrderType::market) return "MARKET";
    return order.spec.type == OrderType::stop_limit ? "STOP_LIMIT" : "LIMIT";
}

std::string_view user_order_type_word(const OrderRecord& order) {
    if (order.spec.type == OrderType::market) return "Market";
    return order.spec.type == OrderType::stop_limit ? "Stop Limit" : "Limit";
}

/// Percent of what was asked for.
Decimal completion(const OrderRecord& order) {
    if (order.status == OrderStatus::filled) return Decimal{100};
    if (0 < order.spec.notional.sign()) {
        return (order.filled_value.value / order.spec.notional.value * Decimal{100})
            .quantized(Decimal::power_of_ten(-2), Rounding::down);
    }
    if (order.spec.quantity.is_zero()) return Decimal{};
    return (order.filled.value / order.spec.quantity.value * Decimal{100})
        .quantized(Decimal::power_of_ten(-2), Rounding::down);
}

Decimal value_after_fees(const OrderRecord& order, Decimal fees) {
    return order.spec.side == Side::buy ? order.filled_value.value + fees : order.filled_value.value - fees;
}

/// What an open order holds back, fees not counted.
Decimal held(const OrderRecord& order) {
    if (!is_open(order.status)) return Decimal{};
    return order.spec.side == Side::buy ? (order.spec.limit * order.leaves()).value : order.leaves().value;
}

std::string_view cancel_message(const OrderRecord& order) {
    if (order.status != OrderStatus::canceled) return "";
    return order.end_reason == EndReason::by_owner ? "User requested cancel" : "Internal error";
}

}  // namespace

void write_configuration(JsonOut& json, std::string_view key, const OrderSpec& spec,
                         std::string_view configuration) {
    json.begin_object(key).begin_object(configuration);
    if (0 < spec.notional.sign()) {
        json.quoted("quote_size", spec.notional);
    } else {
        json.quoted("base_size", spec.quantity);
    }
    if (!has(configuration, "market")) json.quoted("limit_price", spec.limit);
    if (has(configuration, "stop_limit")) {
        const bool up = (spec.side == Side::buy) != spec.takes_profit;
        json.quoted("stop_price", spec.stop);
        json.member("stop_direction", up ? "STOP_DIRECTION_STOP_UP" : "STOP_DIRECTION_STOP_DOWN");
    }
    if (has(configuration, "gtd")) json.time("end_time", spec.expires_at, 0);
    if (configuration.starts_with("limit_limit_gt")) json.member("post_only", spec.post_only);
    json.end_object().end_object();
}

void write_order(JsonOut& json, const Desk& desk, const OrderRecord& order) {
    const Decimal fees = desk.fees_of(order);
    const bool by_value = 0 < order.spec.notional.sign();
    json.begin_object().member("order_id", desk.order_ids.text(order.number));
    json.member("product_id", desk.products[order.spec.instrument].name);
    json.member("user_id", desk.user_id(order.spec.account));
    write_configuration(json, "order_configuration", order.spec, configuration_of(order));
    json.member("side", side_word(order.spec.side)).member("client_order_id", order.spec.client_id);
    json.member("status", status_word(order)).member("time_in_force", time_in_force_word(order));
    json.time("created_time", order.created_at, 6).quoted("completion_percentage", completion(order));
    json.quoted("filled_size", order.filled).quoted("average_filled_price", order.average_price());
    json.member("fee", "").quoted("number_of_fills", order.executions.size());
    json.quoted("filled_value", order.filled_value).member("pending_cancel", false);
    json.member("size_in_quote", by_value).quoted("total_fees", fees);
    json.member("size_inclusive_of_fees", by_value);
    json.quoted("total_value_after_fees", value_after_fees(order, fees));
    json.member("trigger_status", trigger_status_word(order)).member("order_type", order_type_word(order));
    json.member("reject_reason", "REJECT_REASON_UNSPECIFIED").member("settled", !is_open(order.status));
    json.member("product_type", "SPOT").member("reject_message", "");
    json.member("cancel_message", cancel_message(order));
    json.member("order_placement_source", "RETAIL_ADVANCED").quoted("outstanding_hold_amount", held(order));
    json.member("is_liquidation", false);
    if (order.executions.empty()) {
        json.null("last_fill_time");
    } else if (const auto last = desk.model.find_execution(order.executions.back())) {
        json.time("last_fill_time", last->at, 6);
    }
    json.begin_array("edit_history").end_array().member("leverage", "");
    json.member("margin_type", "UNKNOWN_MARGIN_TYPE");
    json.member("retail_portfolio_id", desk.portfolio_id(order.spec.account));
    json.member("originating_order_id", "").member("attached_order_id", "");
    json.null("attached_order_configuration").end_object();
}

void write_user_order(JsonOut& json, const Desk& desk, const OrderRecord& order) {
    const Decimal fees = desk.fees_of(order);
    json.begin_object().quoted("avg_price", order.average_price());
    json.member("cancel_reason", cancel_message(order)).member("client_order_id", order.spec.client_id);
    json.quoted("completion_percentage", completion(order));
    json.member("contract_expiry_type", "UNKNOWN_CONTRACT_EXPIRY_TYPE");
    json.quoted("cumulative_quantity", order.filled).quoted("filled_value", order.filled_value);
    json.quoted("leaves_quantity", order.leaves());
    order.spec.limit.is_zero() ? json.member("limit_price", "")
                               : json.quoted("limit_price", order.spec.limit);
    json.quoted("number_of_fills", order.executions.size());
    json.member("order_id", desk.order_ids.text(order.number))
        .member("order_side", side_word(order.spec.side));
    json.member("order_type", user_order_type_word(order)).quoted("outstanding_hold_amount", held(order));
    json.member("post_only", order.spec.post_only ? "true" : "false");
    json.member("product_id", desk.products[order.spec.instrument].name).member("product_type", "SPOT");
    json.member("reject_reason", order.status == OrderStatus::rejected ? "Unknown failure" : "");
    json.member("retail_portfolio_id", desk.portfolio_id(order.spec.account));
    json.member("risk_managed_by", "UNKNOWN_RISK_MANAGEMENT_TYPE").member("status", status_word(order));
    order.spec.stop.is_zero() ? json.member("stop_price", "") : json.quoted("stop_price", order.spec.stop);
    json.member("time_in_force", time_in_force_word(order)).quoted("total_fees", fees);
    json.quoted("total_value_after_fees", value_after_fees(order, fees));
    json.member("trigger_status", trigger_status_word(order)).time("creation_time", order.created_at, 6);
    json.time("end_time", order.spec.expires_at == Timestamp{} ? Timestamp{} : order.spec.expires_at, 0);
    json.time("start_time", Timestamp{}, 0).end_object();
}

void write_fill(JsonOut& json, const Desk& desk, const Execution& execution) {
    json.begin_object().member("entry_id", desk.entry_ids.text(execution.number));
    json.member("trade_id", desk.fill_ids.text(execution.number));
    json.member("order_id", desk.order_ids.text(execution.order)).time("trade_time", execution.at, 9);
    json.member("trade_type", "FILL").quoted("price", execution.price).quoted("size", execution.quantity);
    json.quoted("commission", execution.fee).member("product_id", desk.products[execution.instrument].name);
    json.time("sequence_timestamp", execution.at, 6);
    json.member("liquidity_indicator", execution.maker ? "MAKER" : "TAKER").member("size_in_quote", false);
    json.member("user_id", desk.user_id(execution.account)).member("side", side_word(execution.side));
    json.member("retail_portfolio_id", desk.portfolio_id(execution.account)).end_object();
}

}  // namespace plumb::exchange::coinbase
