#include "venues/coinbase/testing/words.hpp"

#include <fmt/format.h>

namespace plumb::venues::coinbase::served {
namespace {

std::string_view side_of(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

std::string_view status_of(OrderState state) {
    switch (state) {
        case OrderState::intended:
        case OrderState::unknown: return "PENDING";
        case OrderState::working:
        case OrderState::partially_filled: return "OPEN";
        case OrderState::filled: return "FILLED";
        case OrderState::canceled: return "CANCELLED";
        case OrderState::rejected: return "FAILED";
    }
    return "";
}

std::string configuration_of(const conformance::TrueOrder& order) {
    const std::string size = order.quantity.to_string(), limit = order.limit.to_string();
    if (order.type == OrderType::market)
        return fmt::format(R"({{"market_market_ioc":{{"base_size":"{}"}}}})", size);
    if (order.type == OrderType::stop_limit)
        return fmt::format(
            R"({{"stop_limit_stop_limit_gtc":{{"base_size":"{}","limit_price":"{}","stop_price":"{}"}}}})",
            size, limit, order.stop.to_string());
    const char* name = order.time_in_force == TimeInForce::immediate_or_cancel ? "sor_limit_ioc"
                       : order.time_in_force == TimeInForce::fill_or_kill      ? "limit_limit_fok"
                                                                               : "limit_limit_gtc";
    return fmt::format(R"({{"{}":{{"base_size":"{}","limit_price":"{}"}}}})", name, size, limit);
}

std::string_view type_of(OrderType type, bool rest) {
    switch (type) {
        case OrderType::market: return rest ? "MARKET" : "Market";
        case OrderType::stop_limit: return rest ? "STOP_LIMIT" : "Stop Limit";
        default: return rest ? "LIMIT" : "Limit";
    }
}

}  // namespace

std::string product_json(const conformance::ServedInstrument& served) {
    const Instrument& it = served.instrument;
    return fmt::format(
        R"({{"product_id":"{}","price":"1","base_increment":"{}","quote_increment":"{}","price_increment":"{}",)"
        R"("quote_min_size":"{}","quote_max_size":"150000000","base_min_size":"{}","base_max_size":"3400000","is_disabled":false,)"
        R"("status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,)"
        R"("auction_mode":false,"product_type":"SPOT","quote_currency_id":"{}","base_currency_id":"{}","view_only":false,)"
        R"("alias":"","alias_to":[],"product_venue":"CBE"}})",
        served.symbol, it.lot.to_string(), it.tick.to_string(), it.tick.to_string(),
        it.notional_min.to_string(), it.quantity_min.to_string(), it.quote, it.base);
}

std::string order_json(const conformance::TrueOrder& order, std::string_view product) {
    return fmt::format(
        R"({{"order_id":"{}","product_id":"{}","order_configuration":{},"side":"{}","client_order_id":"{}","status":"{}",)"
        R"("created_time":"{}","filled_size":"{}","average_filled_price":"{}","pending_cancel":false,"size_in_quote":false,)"
        R"("order_type":"{}","reject_reason":"REJECT_REASON_UNSPECIFIED","product_type":"SPOT","reject_message":"{}",)"
        R"("cancel_message":""}})",
        order.venue, product, configuration_of(order), side_of(order.side), order.client,
        status_of(order.state), to_iso(order.created_at), order.filled.to_string(), order.average.to_string(),
        type_of(order.type, true), order.reason);
}

std::string stream_order_json(const conformance::TrueOrder& order, std::string_view product) {
    const Quantity leaves = is_final(order.state) ? Quantity{} : order.quantity - order.filled;
    return fmt::format(
        R"({{"order_id":"{}","client_order_id":"{}","cumulative_quantity":"{}","leaves_quantity":"{}","avg_price":"{}",)"
        R"("total_fees":"0","status":"{}","product_id":"{}","creation_time":"{}","order_side":"{}","order_type":"{}",)"
        R"("limit_price":"{}","stop_price":"{}","cancel_reason":"","reject_reason":"{}","product_type":"SPOT"}})",
        order.venue, order.client, order.filled.to_string(), leaves.to_string(), order.average.to_string(),
        status_of(order.state), product, to_iso(order.created_at), side_of(order.side),
        type_of(order.type, false), order.limit.is_zero() ? "" : order.limit.to_string(),
        order.stop.is_zero() ? "" : order.stop.to_string(), order.reason);
}

std::string fill_json(const conformance::TrueFill& fill, std::string_view product) {
    return fmt::format(
        R"({{"entry_id":"e-{}","trade_id":"{}","order_id":"{}","trade_time":"{}","trade_type":"FILL","price":"{}",)"
        R"("size":"{}","commission":"{}","product_id":"{}","sequence_timestamp":"{}","liquidity_indicator":"{}",)"
        R"("size_in_quote":false,"user_id":"u","side":"{}","retail_portfolio_id":""}})",
        fill.execution, fill.execution, fill.venue, to_iso(fill.at), fill.price.to_string(),
        fill.quantity.to_string(), fill.fee.to_string(), product, to_iso(fill.at),
        fill.maker ? "MAKER" : "TAKER", side_of(fill.side));
}

std::string candle_json(const ClosedBar& bar, std::string_view product) {
    const std::string name = product.empty() ? std::string{} : fmt::format(R"(,"product_id":"{}")", product);
    return fmt::format(R"({{"start":"{}","low":"{}","high":"{}","open":"{}","close":"{}","volume":"{}"{}}})",
                       std::chrono::floor<std::chrono::seconds>(bar.open_time.time_since_epoch()).count(),
                       bar.values.low.to_string(), bar.values.high.to_string(), bar.values.open.to_string(),
                       bar.values.close.to_string(), bar.values.volume.to_string(), name);
}

std::string trade_json(const Trade& trade, std::string_view product) {
    return fmt::format(
        R"({{"trade_id":"{}","product_id":"{}","price":"{}","size":"{}","side":"{}","time":"{}"}})",
        trade.trade_id, product, trade.price.to_string(), trade.quantity.to_string(),
        side_of(trade.aggressor), to_iso(trade.venue_time));
}

}  // namespace plumb::venues::coinbase::served
