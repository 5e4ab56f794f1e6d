#include "venues/binance/order_answers.hpp"

#include "venues/binance/order_words.hpp"

namespace plumb::venues::binance {
namespace {

using Element = simdjson::dom::element;
using wire::OrderUpdate;

/// symbol and side, and whose instrument it is.
void read_head(AnswerFields& fields, const AnswerContext& context, OrderUpdate& order) {
    order.symbol = fields.fixed<32>("symbol");
    if (fields.ok()) order.instrument = context.symbols.find(order.symbol.view());
    order.received_at = context.received_at;
}

void read_side(AnswerFields& fields, OrderUpdate& order) {
    const std::optional<Side> side = side_of(fields.text("side"));
    if (side)
        order.side = *side;
    else
        fields.refuse("expected BUY or SELL", "side");
}

wire::VenueFill read_fill(AnswerFields& fields, const OrderUpdate& order, std::string_view id) {
    wire::VenueFill fill;
    fill.execution = execution_id(order.symbol.view(), fields.number(id), order.side);
    if (fill.execution.empty()) fields.refuse("symbol and trade id are too long", id);
    const std::optional<Price> price = fields.price_if_any("price");
    if (!price) fields.refuse("expected a number above zero", "price");
    fill.price = price.value_or(Price{});
    fill.quantity = Quantity{fields.not_negative("qty")};
    if (fill.quantity.is_zero()) fields.refuse("expected a number above zero", "qty");
    if (fields.has("commission")) {
        fill.fee = fields.decimal("commission");
        if (fields.has("commissionAsset")) fill.fee_asset = fields.fixed<16>("commissionAsset");
        fill.fee_known = fill.fee.is_zero() || !fill.fee_asset.empty();
    }
    return fill;
}

}  // namespace

bool gather_order(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    OrderUpdate order;
    read_head(fields, context, order);
    read_side(fields, order);
    order.venue_order = venue_order_id(fields.number("orderId"));
    // The answer to a cancel has the cancel's id under clientOrderId on spot, and the order's beside it.
    const bool cancel = fields.has("origClientOrderId");
    order.client_order = fields.fixed<64>(cancel ? "origClientOrderId" : "clientOrderId");
    order.type = type_of(fields.text("type"));
    order.quantity = Quantity{fields.not_negative("origQty")};
    order.filled = Quantity{fields.not_negative("executedQty")};
    order.limit = fields.price_if_any("price");
    if (fields.has("stopPrice")) order.stop = fields.price_if_any("stopPrice");
    if (fields.has("avgPrice"))
        order.average = fields.price_if_any("avgPrice");
    else if (fields.has("cummulativeQuoteQty"))
        order.average = average_of(fields.decimal("cummulativeQuoteQty"), *order.filled);
    for (const std::string_view time : {"updateTime", "transactTime", "time"})
        if (order.venue_time == Timestamp{} && fields.has(time)) order.venue_time = fields.time(time);
    const std::optional<StatusWord> status = status_of(fields.text("status"));
    if (!status) fields.refuse("expected an order status of the venue", "status");
    if (status) order.state = state_of(*status, *order.filled, *order.quantity);
    if (fields.has("expiryReason")) order.reason = fields.text("expiryReason").substr(0, 96);
    if (!out.good(fields)) return false;

    simdjson::dom::array fills;
    const std::optional<Element> list = fields.child("fills");
    if (list && list->get_array().get(fills) != simdjson::SUCCESS)
        return out.refuse("expected a list of fills", "fills");
    if (!list || fills.size() == 0) {
        out.events.emplace_back(order);
        return true;
    }
    for (const Element each : fills) {
        AnswerFields fill{each};
        order.fill = read_fill(fill, order, "tradeId");  // filled on arrival: the taker's side
        if (!out.good(fill)) return false;
        out.events.emplace_back(order);
    }
    return true;
}

bool gather_algo_order(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    OrderUpdate order;
    read_head(fields, context, order);
    read_side(fields, order);
    order.venue_order = algo_order_id(fields.number("algoId"));
    order.client_order = fields.fixed<64>("clientAlgoId");
    order.type = type_of(fields.text(fields.has("orderType") ? "orderType" : "type"));
    order.quantity = Quantity{fields.not_negative("quantity")};
    if (fields.has("price")) order.limit = fields.price_if_any("price");
    if (fields.has("triggerPrice")) order.stop = fields.price_if_any("triggerPrice");
    for (const std::string_view time : {"updateTime", "createTime"})
        if (order.venue_time == Timestamp{} && fields.has(time)) order.venue_time = fields.time(time);
    const std::string_view state = fields.text("algoStatus");
    const bool triggered = state == "TRIGGERING" || state == "TRIGGERED" || state == "FINISHED";
    const std::optional<StatusWord> status = status_of(state);
    if (triggered)  // the order it became, of the same client id, tells what was filled
        order.reason = std::string_view{"triggered"};
    else if (status)
        order.state = status->state;
    else
        fields.refuse("expected an algo order status of the venue", "algoStatus");
    if (!triggered) order.filled = Quantity{};
    if (!out.good(fields)) return false;
    out.events.emplace_back(order);
    return true;
}

bool gather_fill(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    OrderUpdate order;
    read_head(fields, context, order);
    order.venue_order = venue_order_id(fields.number("orderId"));
    const bool spot = context.market == Market::spot;
    order.side = fields.truth(spot ? "isBuyer" : "buyer") ? Side::buy : Side::sell;
    order.venue_time = fields.time("time");
    wire::VenueFill fill = read_fill(fields, order, "id");
    fill.maker = fields.truth(spot ? "isMaker" : "maker");
    order.fill = fill;
    order.state = OrderState::partially_filled;  // at least; the order's own words say how far
    if (!out.good(fields)) return false;
    out.events.emplace_back(order);
    return true;
}

}  // namespace plumb::venues::binance
