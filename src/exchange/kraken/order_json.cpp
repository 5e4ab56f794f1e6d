#include "exchange/kraken/order_json.hpp"

#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

void client_id_or_null(JsonOut& json, std::string_view key, const std::string& client_id) {
    client_id.empty() ? json.null(key) : json.member(key, client_id);
}

void limit_or_null(JsonOut& json, std::string_view key, Price limit) {
    limit.is_zero() ? json.null(key) : json.member(key, limit);
}

std::string_view trigger_side(const OrderSpec& spec) {
    const bool above = (spec.side == Side::buy) != spec.takes_profit;
    return above ? "trigger_above" : "trigger_below";
}

std::string_view event_signal(TriggerPrice trigger) {
    switch (trigger) {
        case TriggerPrice::last: return "last_price";
        case TriggerPrice::mark: return "mark_price";
        case TriggerPrice::index: return "spot_price";
    }
    return "";
}

// A market order is an immediate one with a protecting limit, and stands so in events.
std::string_view event_type(const OrderRecord& order) {
    const std::string_view type = order_type_of(order);
    return type == "mkt" ? "ioc" : type;
}

Price stop_of(const OrderRecord& order) {
    return order.spec.type == OrderType::trailing_stop ? order.trail_stop : order.spec.stop;
}

std::string_view status_word(const OrderRecord& order) {
    switch (order.status) {
        case OrderStatus::waiting: return "TRIGGER_PLACED";
        case OrderStatus::working:
        case OrderStatus::partially_filled: return "ENTERED_BOOK";
        case OrderStatus::filled: return "FULLY_EXECUTED";
        case OrderStatus::canceled:
        case OrderStatus::expired:
        case OrderStatus::replaced: return "CANCELLED";
        case OrderStatus::rejected: return is_trigger(order) ? "TRIGGER_ACTIVATION_FAILURE" : "REJECTED";
    }
    return "";
}

std::string_view history_type(const OrderRecord& order) {
    const std::string_view type = order_type_of(order);
    if (type == "post") return "Post";
    if (type == "mkt") return "Market";
    if (type == "ioc") return "IoC";
    if (type == "fok") return "FillOrKill";
    if (type == "lmt") return "Limit";
    return order.spec.limit.is_zero() ? "Market" : "Limit";
}

}  // namespace

void write_event_order(JsonOut& json, std::string_view key, const Desk& desk, const OrderView& view) {
    const OrderRecord& order = view.order;
    json.begin_object(key).member("orderId", desk.order_ids.text(order.number));
    client_id_or_null(json, "cliOrdId", order.spec.client_id);
    json.member("type", event_type(order));
    json.member("symbol", desk.contracts[order.spec.instrument].symbol);
    json.member("side", side_word(order.spec.side));
    json.member("quantity", view.quantity.value_or(order.spec.quantity));
    json.member("filled", view.filled.value_or(order.filled));
    limit_or_null(json, "limitPrice", view.limit.value_or(order.spec.limit));
    if (is_trigger(order)) json.member("stopPrice", stop_of(order));
    json.member("reduceOnly", order.spec.reduce_only);
    json.time("timestamp", order.created_at, 3).time("lastUpdateTimestamp", order.updated_at, 3);
    json.end_object();
}

void write_event_trigger(JsonOut& json, std::string_view key, const Desk& desk, const OrderRecord& order) {
    json.begin_object(key).member("uid", desk.order_ids.text(order.number));
    client_id_or_null(json, "clientId", order.spec.client_id);
    json.member("type", order.spec.limit.is_zero() ? "ioc" : "lmt");
    json.member("symbol", desk.contracts[order.spec.instrument].symbol);
    json.member("side", side_word(order.spec.side)).member("quantity", order.spec.quantity);
    limit_or_null(json, "limitPrice", order.spec.limit);
    json.member("triggerPrice", stop_of(order)).member("triggerSide", trigger_side(order.spec));
    json.member("triggerSignal", event_signal(order.spec.trigger));
    json.member("reduceOnly", order.spec.reduce_only);
    json.time("timestamp", order.created_at, 3).time("lastUpdateTimestamp", order.updated_at, 3);
    json.end_object();
}

void write_open_order(JsonOut& json, const Desk& desk, const OrderRecord& order) {
    const bool waits = order.status == OrderStatus::waiting;
    json.begin_object().member("order_id", desk.order_ids.text(order.number));
    if (!order.spec.client_id.empty()) json.member("cliOrdId", order.spec.client_id);
    json.member("symbol", desk.contracts[order.spec.instrument].symbol);
    json.member("side", side_word(order.spec.side));
    // An order that was woken is a limit order from then on.
    json.member("orderType", is_trigger(order) && !waits ? "lmt" : order_type_of(order));
    if (!order.spec.limit.is_zero()) json.member("limitPrice", order.spec.limit);
    if (waits) json.member("stopPrice", stop_of(order));
    json.member("unfilledSize", order.leaves()).time("receivedTime", order.created_at, 3);
    json.member("status", order.filled.is_zero() ? "untouched" : "partiallyFilled");
    json.member("filledSize", order.filled).member("reduceOnly", order.spec.reduce_only);
    if (waits) json.member("triggerSignal", signal_word(order.spec.trigger));
    if (order.spec.trail.is_set()) {
        const bool percent = 0 < order.spec.trail.fraction.sign();
        json.member("trailingStopMaxDeviation",
                    percent ? order.spec.trail.fraction * Decimal{100} : order.spec.trail.distance.value);
        json.member("trailingStopDeviationUnit", percent ? "PERCENT" : "QUOTE_CURRENCY");
    }
    json.time("lastUpdateTime", order.updated_at, 3).end_object();
}

void write_order_status(JsonOut& json, const Desk& desk, const OrderRecord& order) {
    const bool waits = order.status == OrderStatus::waiting;
    json.begin_object().begin_object("order").member("type", waits ? "TRIGGER_ORDER" : "ORDER");
    json.member("orderId", desk.order_ids.text(order.number));
    client_id_or_null(json, "cliOrdId", order.spec.client_id);
    json.member("symbol", desk.contracts[order.spec.instrument].symbol);
    json.member("side", side_word(order.spec.side)).member("quantity", order.spec.quantity);
    json.member("filled", order.filled);
    limit_or_null(json, "limitPrice", order.spec.limit);
    json.member("reduceOnly", order.spec.reduce_only);
    json.time("timestamp", order.created_at, 3).time("lastUpdateTimestamp", order.updated_at, 3);
    if (waits) {
        json.begin_object("priceTriggerOptions").member("triggerPrice", stop_of(order));
        json.member("triggerSide", upper_case(trigger_side(order.spec)));
        json.member("triggerSignal", upper_case(event_signal(order.spec.trigger))).end_object();
    }
    json.end_object().member("status", status_word(order));
    if (is_open(order.status) && order.filled.is_zero()) {
        json.null("updateReason");
    } else {
        json.member("updateReason", upper_case(end_word_of(order)));
    }
    json.null("error").end_object();
}

void write_fill(JsonOut& json, const Desk& desk, const Execution& execution, const OrderRecord* order) {
    json.begin_object().member("fill_id", desk.fill_ids.text(execution.number));
    json.member("symbol", desk.contracts[execution.instrument].symbol);
    json.member("side", side_word(execution.side));
    json.member("order_id", desk.order_ids.text(execution.order));
    json.member("size", execution.quantity).member("price", execution.price);
    json.time("fillTime", execution.at, 3);
    json.member("fillType", execution.liquidation ? "liquidation" : execution.maker ? "maker" : "taker");
    if (order != nullptr && !order->spec.client_id.empty()) {
        json.member("cliOrdId", order->spec.client_id);
    }
    json.member("fee_paid", execution.fee).member("fee_currency", desk.model.asset_name(execution.fee_asset));
    json.end_object();
}

void write_history_order(JsonOut& json, std::string_view key, const Desk& desk, const OrderRecord& order,
                         Quantity filled) {
    json.begin_object(key).member("uid", desk.order_ids.text(order.number));
    json.member("accountUid", desk.account_ids.text(order.spec.account.value));
    json.member("tradeable", desk.contracts[order.spec.instrument].symbol);
    json.member("direction", order.spec.side == Side::buy ? "Buy" : "Sell");
    json.quoted("quantity", order.spec.quantity - filled).quoted("filled", filled);
    json.quoted("timestamp", to_ms(order.created_at)).quoted("limitPrice", order.spec.limit);
    json.member("orderType", history_type(order)).member("clientId", order.spec.client_id);
    json.member("reduceOnly", order.spec.reduce_only);
    json.quoted("lastUpdateTimestamp", to_ms(order.updated_at)).end_object();
}

void write_log_entry(JsonOut& json, const Desk& desk, const LogEntry& entry) {
    const auto number = [&](std::string_view key, Decimal value) {
        value.is_zero() ? json.null(key) : json.member(key, value);
    };
    json.begin_object().member("id", entry.id).time("date", entry.at, 3).member("asset", entry.asset);
    json.member("info", entry.info)
        .member("booking_uid", desk.event_ids.text((std::uint64_t{1} << 59) + entry.id));
    json.member("margin_account", "flex").member("old_balance", entry.old_balance);
    json.member("new_balance", entry.new_balance).null("old_average_entry_price");
    json.null("new_average_entry_price");
    number("trade_price", entry.trade_price.value);
    number("mark_price", entry.mark.value);
    number("realized_pnl", entry.realized);
    json.member("fee", entry.fee);
    entry.execution == 0 ? json.null("execution")
                         : json.member("execution", desk.fill_ids.text(entry.execution));
    json.null("collateral");
    number("funding_rate", entry.rate);
    number("realized_funding", entry.funding);
    entry.contract.empty() ? json.null("contract") : json.member("contract", entry.contract);
    json.null("liquidation_fee").null("conversion_spread_percentage").end_object();
}

}  // namespace plumb::exchange::kraken
