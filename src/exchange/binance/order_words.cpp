#include "exchange/binance/order_words.hpp"

namespace plumb::exchange::binance {
namespace {

void write_spot_common(JsonWriter& json, const Symbol& symbol, const OrderRecord& record,
                       const OrderNote& note) {
    json.fixed("price", record.spec.limit.value, symbol.price_decimals);
    json.fixed("origQty", quantity_of(record).value, symbol.quantity_decimals);
    json.fixed("executedQty", record.filled.value, symbol.quantity_decimals);
    json.fixed("origQuoteOrderQty", record.spec.notional.value, kAssetDecimals);
    json.fixed("cummulativeQuoteQty", record.filled_value.value, kAssetDecimals);
    json.text("status", status_of(Board::spot, record)).text("timeInForce", note.time_in_force);
    json.text("type", note.type).text("side", word(record.spec.side));
}

/// Fields that are there only where the order has them ("Conditional fields in Order Responses").
void write_spot_conditional(JsonWriter& json, const Symbol& symbol, const OrderRecord& record,
                            const OrderNote& note, bool with_stop) {
    if (with_stop && !record.spec.stop.is_zero())
        json.fixed("stopPrice", record.spec.stop.value, symbol.price_decimals);
    if (with_stop && !note.iceberg.is_zero())
        json.fixed("icebergQty", note.iceberg, symbol.quantity_decimals);
    if (note.strategy_id) json.number("strategyId", *note.strategy_id);
    if (note.strategy_type) json.number("strategyType", *note.strategy_type);
}

void write_fills(JsonWriter& json, const Desk& desk, const Symbol& symbol, const OrderRecord& record) {
    json.open_list("fills");
    for (const ExecutionNumber number : record.executions) {
        const auto execution = desk.model.find_execution(number);
        if (!execution) continue;
        json.open().fixed("price", execution->price.value, symbol.price_decimals);
        json.fixed("qty", execution->quantity.value, symbol.quantity_decimals);
        json.fixed("commission", execution->fee, kAssetDecimals);
        json.text("commissionAsset", desk.model.asset_name(execution->fee_asset));
        json.number("tradeId", static_cast<std::int64_t>(execution->trade)).close();
    }
    json.close_list();
}

/// When the order came to work; -1 while it waits.
std::int64_t working_time(const OrderRecord& record, TimeUnit unit) {
    if (record.triggered) return stamp(record.triggered_at, unit);
    return OrderNote::of(record.spec).is_conditional() ? -1 : stamp(record.created_at, unit);
}

}  // namespace

std::string_view status_of(Board board, const OrderRecord& record) {
    switch (record.end_reason) {
        case EndReason::self_trade: return "EXPIRED_IN_MATCH";
        case EndReason::immediate_rest:
        case EndReason::fill_or_kill:
        case EndReason::no_liquidity:
        case EndReason::time_over:
        case EndReason::reduce_only:
        case EndReason::post_only:
        case EndReason::insufficient_funds:
        case EndReason::market_closed: return "EXPIRED";
        case EndReason::none:
        case EndReason::by_owner:
        case EndReason::by_venue:
        case EndReason::dead_man:
        case EndReason::liquidation:
        case EndReason::replaced: break;
    }
    switch (record.status) {
        case OrderStatus::waiting:
        case OrderStatus::working: return record.filled.is_zero() ? "NEW" : "PARTIALLY_FILLED";
        case OrderStatus::partially_filled: return "PARTIALLY_FILLED";
        case OrderStatus::filled: return "FILLED";
        case OrderStatus::canceled:
        case OrderStatus::replaced: return "CANCELED";
        case OrderStatus::expired: return "EXPIRED";
        case OrderStatus::rejected: return board == Board::spot ? "REJECTED" : "EXPIRED";
    }
    return "";
}

std::string_view expiry_reason(const OrderRecord& record) {
    switch (record.end_reason) {
        case EndReason::immediate_rest: return "UNFILLED_IOC_QUANTITY_EXPIRED";
        case EndReason::fill_or_kill: return "UNFILLED_FOK_ORDER_EXPIRED";
        case EndReason::no_liquidity: return "INSUFFICIENT_LIQUIDITY";
        case EndReason::market_closed: return "EXCHANGE_CANCELED";
        default: return {};
    }
}

Quantity quantity_of(const OrderRecord& record) {
    return record.spec.quantity.is_zero() ? record.filled : record.spec.quantity;
}
Price stop_of(const OrderRecord& record) {
    return record.spec.trail.is_set() ? record.trail_stop : record.spec.stop;
}

void write_placed(JsonWriter& json, const Desk& desk, const OrderRecord& record, AnswerShape shape,
                  TimeUnit unit) {
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    json.open()
        .text("symbol", symbol.name)
        .number("orderId", static_cast<std::int64_t>(record.number))
        .number("orderListId", -1);
    json.text("clientOrderId", record.spec.client_id).number("transactTime", stamp(record.updated_at, unit));
    if (shape != AnswerShape::ack) {
        write_spot_common(json, symbol, record, note);
        json.number("workingTime", working_time(record, unit));
        if (shape == AnswerShape::full) write_fills(json, desk, symbol, record);
        write_spot_conditional(json, symbol, record, note, true);
        json.text("selfTradePreventionMode", note.self_trade);
        if (const auto reason = expiry_reason(record); !reason.empty()) json.text("expiryReason", reason);
    }
    json.close();
}

void write_canceled(JsonWriter& json, const Desk& desk, const OrderRecord& record, std::string_view cancel_id,
                    TimeUnit unit) {
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    json.open().text("symbol", symbol.name).text("origClientOrderId", record.spec.client_id);
    json.number("orderId", static_cast<std::int64_t>(record.number)).number("orderListId", -1);
    json.text("clientOrderId", cancel_id).number("transactTime", stamp(record.updated_at, unit));
    write_spot_common(json, symbol, record, note);
    write_spot_conditional(json, symbol, record, note, true);
    json.text("selfTradePreventionMode", note.self_trade).close();
}

void write_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit) {
    if (!desk.is_spot()) return write_futures_order(json, desk, record, unit);
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    json.open()
        .text("symbol", symbol.name)
        .number("orderId", static_cast<std::int64_t>(record.number))
        .number("orderListId", -1);
    json.text("clientOrderId", record.spec.client_id);
    write_spot_common(json, symbol, record, note);
    json.fixed("stopPrice", record.spec.stop.value, symbol.price_decimals);
    json.fixed("icebergQty", note.iceberg, symbol.quantity_decimals);
    json.number("time", stamp(record.created_at, unit)).number("updateTime", stamp(record.updated_at, unit));
    json.boolean("isWorking",
                 record.status != OrderStatus::waiting && (record.triggered || !note.is_conditional()));
    json.number("workingTime", working_time(record, unit));
    write_spot_conditional(json, symbol, record, note, false);
    json.text("selfTradePreventionMode", note.self_trade);
    if (const auto reason = expiry_reason(record); !reason.empty()) json.text("expiryReason", reason);
    json.close();
}

std::string_view futures_type(const OrderNote& note, const OrderRecord& record) {
    if (!record.triggered) return note.type;
    return note.type == "STOP" || note.type == "TAKE_PROFIT" ? "LIMIT" : "MARKET";
}

void write_futures_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit) {
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    json.open().number("orderId", static_cast<std::int64_t>(record.number)).text("symbol", symbol.name);
    json.text("status", status_of(Board::futures, record)).text("clientOrderId", record.spec.client_id);
    json.fixed("price", record.spec.limit.value, price)
        .fixed("avgPrice", record.average_price().value, price);
    json.fixed("origQty", quantity_of(record).value, quantity)
        .fixed("executedQty", record.filled.value, quantity);
    json.fixed("cumQty", record.filled.value, quantity)
        .fixed("cumQuote", record.filled_value.value, kAssetDecimals);
    json.text("timeInForce", note.time_in_force).text("type", futures_type(note, record));
    json.boolean("reduceOnly", record.spec.reduce_only).boolean("closePosition", note.close_position);
    json.text("side", word(record.spec.side)).text("positionSide", "BOTH");
    json.fixed("stopPrice", stop_of(record).value, price).text("workingType", note.working_type);
    json.boolean("priceProtect", note.price_protect)
        .text("origType", note.is_algo ? futures_type(note, record) : note.type);
    if (!note.callback.empty()) {
        json.text("activatePrice", note.activation.empty() ? "0" : note.activation)
            .text("priceRate", note.callback);
    }
    json.text("priceMatch", note.price_match).text("selfTradePreventionMode", note.self_trade);
    json.number("goodTillDate", note.good_till).number("time", stamp(record.created_at, unit));
    json.number("updateTime", stamp(record.updated_at, unit)).close();
}

std::string_view algo_status(const OrderRecord& record) {
    if (!record.triggered)
        return is_open(record.status)                            ? "NEW"
               : status_of(Board::futures, record) == "CANCELED" ? "CANCELED"
                                                                 : "EXPIRED";
    return is_open(record.status) ? "TRIGGERED" : "FINISHED";
}

void write_algo_order(JsonWriter& json, const Desk& desk, const OrderRecord& record, TimeUnit unit) {
    const Symbol& symbol = desk.symbols[record.spec.instrument];
    const OrderNote note = OrderNote::of(record.spec);
    const int price = symbol.price_decimals, quantity = symbol.quantity_decimals;
    json.open().number("algoId", algo_id(record.number)).text("clientAlgoId", record.spec.client_id);
    json.text("algoType", "CONDITIONAL")
        .text("orderType", note.type)
        .text("symbol", symbol.name)
        .text("side", word(record.spec.side));
    json.text("positionSide", "BOTH").text("timeInForce", note.time_in_force);
    json.fixed("quantity", note.close_position ? Decimal{} : record.spec.quantity.value, quantity)
        .text("algoStatus", algo_status(record));
    json.text("actualOrderId", record.triggered ? std::to_string(record.number) : std::string{});
    json.fixed("actualPrice", record.average_price().value, price)
        .fixed("actualQty", record.filled.value, quantity);
    json.fixed("triggerPrice", stop_of(record).value, price).fixed("price", record.spec.limit.value, price);
    json.null("icebergQuantity")
        .text("selfTradePreventionMode", note.self_trade)
        .text("workingType", note.working_type);
    json.text("priceMatch", note.price_match)
        .boolean("closePosition", note.close_position)
        .boolean("priceProtect", note.price_protect);
    json.boolean("reduceOnly", record.spec.reduce_only);
    if (!note.callback.empty())
        json.text("activatePrice", note.activation).text("callbackRate", note.callback);
    json.number("createTime", stamp(record.created_at, unit))
        .number("updateTime", stamp(record.updated_at, unit));
    json.number("triggerTime", record.triggered ? stamp(record.triggered_at, unit) : 0)
        .number("goodTillDate", note.good_till)
        .close();
}

}  // namespace plumb::exchange::binance
