#include "venues/kraken/testing/words.hpp"

#include <fmt/format.h>

namespace plumb::venues::kraken::served {
namespace {

using conformance::TrueFill;
using conformance::TrueOrder;

bool is_stop(const TrueOrder& order) {
    return order.type == OrderType::stop || order.type == OrderType::stop_limit;
}
const char* type_of(const TrueOrder& order) {
    if (is_stop(order)) return "stp";
    if (order.type == OrderType::market || order.time_in_force == TimeInForce::immediate_or_cancel)
        return "ioc";
    return order.time_in_force == TimeInForce::fill_or_kill ? "fok" : "lmt";
}
std::string price_or_null(Price price) { return price.is_zero() ? "null" : price.to_string(); }

}  // namespace

std::string iso_ms(Timestamp time) { return to_iso(time).substr(0, 23) + "Z"; }
std::string quoted_or_null(const std::string& text) { return text.empty() ? "null" : "\"" + text + "\""; }

std::string event_order(const TrueOrder& order, const std::string& symbol) {
    return fmt::format(
        R"({{"orderId":"{}","cliOrdId":{},"type":"{}","symbol":"{}","side":"{}","quantity":{},"filled":{},)"
        R"("limitPrice":{},"reduceOnly":false,"timestamp":"{}","lastUpdateTimestamp":"{}"}})",
        order.venue, quoted_or_null(order.client), type_of(order), symbol, to_string(order.side),
        order.quantity.to_string(), order.filled.to_string(), price_or_null(order.limit),
        iso_ms(order.created_at), iso_ms(order.updated_at));
}

std::string status_row(const TrueOrder& order, const std::string& symbol) {
    const char* status = "ENTERED_BOOK";
    if (is_stop(order)) status = "TRIGGER_PLACED";
    if (order.state == OrderState::filled) status = "FULLY_EXECUTED";
    if (order.state == OrderState::canceled) status = "CANCELLED";
    if (order.state == OrderState::rejected) status = "REJECTED";
    const std::string trigger = is_stop(order)
                                    ? fmt::format(R"({{"triggerPrice":{},"triggerSide":"TRIGGER_BELOW",)"
                                                  R"("triggerSignal":"LAST_PRICE"}})",
                                                  order.stop.to_string())
                                    : "null";
    return fmt::format(
        R"({{"order":{{"type":"{}","orderId":"{}","cliOrdId":{},"symbol":"{}","side":"{}","quantity":{},"filled":{},)"
        R"("limitPrice":{},"reduceOnly":false,"timestamp":"{}","lastUpdateTimestamp":"{}","priceTriggerOptions":{},)"
        R"("triggerTime":null}},"status":"{}","updateReason":{},"error":null}})",
        is_stop(order) ? "TRIGGER_ORDER" : "ORDER", order.venue, quoted_or_null(order.client), symbol,
        to_string(order.side), order.quantity.to_string(), order.filled.to_string(),
        price_or_null(order.limit), iso_ms(order.created_at), iso_ms(order.updated_at), trigger, status,
        quoted_or_null(order.reason));
}

std::string open_order_row(const TrueOrder& order, const std::string& symbol) {
    std::string row = fmt::format(
        R"({{"order_id":"{}","symbol":"{}","side":"{}","orderType":"{}","unfilledSize":{},"filledSize":{},)"
        R"("receivedTime":"{}","lastUpdateTime":"{}","status":"{}","reduceOnly":false)",
        order.venue, symbol, to_string(order.side), type_of(order),
        (order.quantity - order.filled).to_string(), order.filled.to_string(), iso_ms(order.created_at),
        iso_ms(order.updated_at), order.filled.is_zero() ? "untouched" : "partiallyFilled");
    if (!order.client.empty()) row += fmt::format(R"(,"cliOrdId":"{}")", order.client);
    if (!order.limit.is_zero()) row += ",\"limitPrice\":" + order.limit.to_string();
    if (is_stop(order)) row += ",\"stopPrice\":" + order.stop.to_string() + ",\"triggerSignal\":\"last\"";
    return row + "}";
}

std::string fill_row(const TrueFill& fill, const std::string& symbol) {
    return fmt::format(
        R"({{"fill_id":"{}","symbol":"{}","side":"{}","order_id":"{}","cliOrdId":{},"size":{},"price":{},)"
        R"("fillTime":"{}","fillType":"{}","fee_paid":{},"fee_currency":"{}"}})",
        fill.execution, symbol, to_string(fill.side), fill.venue, quoted_or_null(fill.client),
        fill.quantity.to_string(), fill.price.to_string(), iso_ms(fill.at), fill.maker ? "maker" : "taker",
        fill.fee.to_string(), fill.fee_asset);
}

std::string success(Timestamp now, const std::string& rest) {
    return fmt::format(R"({{"result":"success","serverTime":"{}",{}}})", iso_ms(now), rest);
}
std::string error(Timestamp now, const char* name) {
    return fmt::format(R"({{"result":"error","serverTime":"{}","error":"{}"}})", iso_ms(now), name);
}

}  // namespace plumb::venues::kraken::served
