#include "venues/binance/testing/words.hpp"

namespace plumb::venues::binance::served {
namespace {

using conformance::TrueFill;
using conformance::TrueOrder;

std::string value_of(const TrueOrder& order) {
    return (order.average.value * order.filled.value).to_string();
}

std::string interval(Duration length) {
    if (length < std::chrono::minutes{1}) return "1s";
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(length).count();
    return minutes < 60 ? std::to_string(minutes) + "m" : std::to_string(minutes / 60) + "h";
}

Json spot_report(const Place& place, const TrueOrder& order, const TrueFill* fill) {
    Json report{{"e", "executionReport"},
                {"E", to_ms(order.updated_at)},
                {"s", place.symbol(order.instrument)},
                {"c", order.client},
                {"S", side_word(order.side)},
                {"o", type_word(place, order.type)},
                {"f", "GTC"},
                {"q", order.quantity.to_string()},
                {"p", order.limit.to_string()},
                {"P", order.stop.to_string()},
                {"F", "0.00000000"},
                {"g", -1},
                {"C", ""},
                {"X", status_word(order.state)},
                {"r", order.state == OrderState::rejected ? order.reason : "NONE"},
                {"i", std::stoull(order.venue)},
                {"l", "0.00000000"},
                {"z", order.filled.to_string()},
                {"L", "0.00000000"},
                {"n", "0"},
                {"N", nullptr},
                {"T", to_ms(order.updated_at)},
                {"t", -1},
                {"I", 8641984},
                {"w", true},
                {"m", false},
                {"M", false},
                {"O", to_ms(order.created_at)},
                {"Z", value_of(order)}};
    report["x"] = fill != nullptr                       ? Json("TRADE")
                  : order.state == OrderState::canceled ? Json("CANCELED")
                  : order.state == OrderState::rejected ? Json("REJECTED")
                                                        : Json("NEW");
    if (fill == nullptr && order.state == OrderState::canceled) {
        report["c"] = "cancelRequest1";
        report["C"] = order.client;
    }
    if (fill != nullptr) {
        report["l"] = fill->quantity.to_string();
        report["L"] = fill->price.to_string();
        report["n"] = fill->fee.to_string();
        report["N"] = fill->fee_asset;
        report["t"] = trade_number(fill->execution);
        report["m"] = fill->maker;
        report["T"] = to_ms(fill->at);
    }
    return {{"subscriptionId", 0}, {"event", report}};
}

Json futures_report(const Place& place, const TrueOrder& order, const TrueFill* fill, Timestamp now) {
    Json told{{"s", place.symbol(order.instrument)},
              {"c", order.client},
              {"S", side_word(order.side)},
              {"o", type_word(place, order.type)},
              {"f", "GTC"},
              {"q", order.quantity.to_string()},
              {"p", order.limit.to_string()},
              {"ap", order.average.to_string()},
              {"sp", "0"},
              {"X", status_word(order.state)},
              {"i", std::stoull(order.venue)},
              {"l", "0"},
              {"z", order.filled.to_string()},
              {"L", "0"},
              {"n", "0"},
              {"N", "USDT"},
              {"T", to_ms(order.updated_at)},
              {"t", 0},
              {"b", "0"},
              {"a", "0"},
              {"m", false},
              {"R", false},
              {"wt", "CONTRACT_PRICE"},
              {"ps", "BOTH"},
              {"si", 0},
              {"er", "0"}};
    told["x"] = fill != nullptr                       ? Json("TRADE")
                : order.state == OrderState::canceled ? Json("CANCELED")
                                                      : Json("NEW");
    if (fill != nullptr) {
        told["l"] = fill->quantity.to_string();
        told["L"] = fill->price.to_string();
        told["n"] = fill->fee.to_string();
        told["N"] = fill->fee_asset;
        told["t"] = trade_number(fill->execution);
        told["m"] = fill->maker;
        told["T"] = to_ms(fill->at);
    }
    return {{"e", "ORDER_TRADE_UPDATE"}, {"T", to_ms(now)}, {"E", to_ms(now)}, {"o", told}};
}

Json algo_report(const Place& place, const TrueOrder& order, Timestamp now) {
    return {{"e", "ALGO_UPDATE"},
            {"T", to_ms(order.updated_at)},
            {"E", to_ms(now)},
            {"o",
             {{"caid", order.client},
              {"aid", std::stoull(order.venue.substr(5))},
              {"at", "CONDITIONAL"},
              {"o", type_word(place, order.type)},
              {"s", place.symbol(order.instrument)},
              {"S", side_word(order.side)},
              {"ps", "BOTH"},
              {"f", "GTC"},
              {"q", order.quantity.to_string()},
              {"X", status_word(order.state)},
              {"ai", ""},
              {"tp", order.stop.to_string()},
              {"p", order.limit.to_string()}}}};
}

Json in_stream(const Place& place, InstrumentId id, const std::string& suffix, Json data) {
    std::string name;
    for (const char c : place.symbol(id)) name += static_cast<char>(c | 0x20);
    return {{"stream", name + suffix}, {"data", std::move(data)}};
}

}  // namespace

Json side_word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

Json status_word(OrderState state) {
    switch (state) {
        case OrderState::intended:
        case OrderState::unknown:
        case OrderState::working: return "NEW";
        case OrderState::partially_filled: return "PARTIALLY_FILLED";
        case OrderState::filled: return "FILLED";
        case OrderState::canceled: return "CANCELED";
        case OrderState::rejected: return "REJECTED";
    }
    return "NEW";
}

Json type_word(const Place& place, OrderType type) {
    switch (type) {
        case OrderType::market: return "MARKET";
        case OrderType::limit: return "LIMIT";
        case OrderType::stop: return place.spot ? "STOP_LOSS" : "STOP_MARKET";
        case OrderType::stop_limit: return place.spot ? "STOP_LOSS_LIMIT" : "STOP";
        case OrderType::trailing_stop: return "TRAILING_STOP_MARKET";
    }
    return "LIMIT";
}

std::uint64_t trade_number(const std::string& execution) {
    const std::size_t from = execution.find('-');
    return std::stoull(from == std::string::npos ? execution : execution.substr(from + 1));
}

bool is_algo(const Place& place, const TrueOrder& order) {
    return !place.spot && order.venue.starts_with("algo-");
}

Json order_json(const Place& place, const TrueOrder& order) {
    Json told{{"symbol", place.symbol(order.instrument)},
              {"orderId", std::stoull(order.venue)},
              {"clientOrderId", order.client},
              {"price", order.limit.to_string()},
              {"origQty", order.quantity.to_string()},
              {"executedQty", order.filled.to_string()},
              {"status", status_word(order.state)},
              {"timeInForce", "GTC"},
              {"type", type_word(place, order.type)},
              {"side", side_word(order.side)},
              {"stopPrice", order.stop.to_string()},
              {"time", to_ms(order.created_at)},
              {"updateTime", to_ms(order.updated_at)}};
    if (place.spot) {
        told["orderListId"] = -1;
        told["cummulativeQuoteQty"] = value_of(order);
    } else {
        told["avgPrice"] = order.average.to_string();
        told["cumQuote"] = value_of(order);
        told["positionSide"] = "BOTH";
        told["reduceOnly"] = false;
    }
    return told;
}

Json algo_json(const Place& place, const TrueOrder& order) {
    return {{"algoId", std::stoull(order.venue.substr(5))},
            {"clientAlgoId", order.client},
            {"algoType", "CONDITIONAL"},
            {"orderType", type_word(place, order.type)},
            {"symbol", place.symbol(order.instrument)},
            {"side", side_word(order.side)},
            {"positionSide", "BOTH"},
            {"timeInForce", "GTC"},
            {"quantity", order.quantity.to_string()},
            {"algoStatus", status_word(order.state)},
            {"actualOrderId", ""},
            {"triggerPrice", order.stop.to_string()},
            {"price", order.limit.to_string()},
            {"createTime", to_ms(order.created_at)},
            {"updateTime", to_ms(order.updated_at)}};
}

Json fill_json(const Place& place, const TrueFill& fill) {
    Json told{{"symbol", place.symbol(fill.instrument)},
              {"id", trade_number(fill.execution)},
              {"orderId", std::stoull(fill.venue)},
              {"price", fill.price.to_string()},
              {"qty", fill.quantity.to_string()},
              {"quoteQty", (fill.price * fill.quantity).to_string()},
              {"commission", fill.fee.to_string()},
              {"commissionAsset", fill.fee_asset},
              {"time", to_ms(fill.at)}};
    const bool buyer = fill.side == Side::buy;
    told[place.spot ? "isBuyer" : "buyer"] = buyer;
    told[place.spot ? "isMaker" : "maker"] = fill.maker;
    if (!place.spot) told["side"] = side_word(fill.side);
    return told;
}

Json listing_json(const Place& place, const conformance::ServedInstrument& served) {
    const Instrument& of = served.instrument;
    Json told{{"symbol", served.symbol},
              {"status", "TRADING"},
              {"baseAsset", of.base},
              {"quoteAsset", of.quote},
              {"orderTypes", {"LIMIT", "MARKET"}},
              {"filters",
               {{{"filterType", "PRICE_FILTER"},
                 {"minPrice", of.tick.to_string()},
                 {"maxPrice", "1000000.00000000"},
                 {"tickSize", of.tick.to_string()}},
                {{"filterType", "LOT_SIZE"},
                 {"minQty", of.quantity_min.to_string()},
                 {"maxQty", "9000.00000000"},
                 {"stepSize", of.lot.to_string()}}}}};
    for (const OrderType type : {OrderType::stop, OrderType::stop_limit})
        told["orderTypes"].push_back(type_word(place, type));
    if (place.spot) {
        told["isSpotTradingAllowed"] = true;
        told["filters"].push_back({{"filterType", "NOTIONAL"},
                                   {"minNotional", of.notional_min.to_string()},
                                   {"applyMinToMarket", true},
                                   {"maxNotional", "9000000.00000000"},
                                   {"applyMaxToMarket", false},
                                   {"avgPriceMins", 5}});
    } else {
        told["contractType"] = "PERPETUAL";
        told["marginAsset"] = of.quote;
        told["filters"].push_back(
            {{"filterType", "MIN_NOTIONAL"}, {"notional", of.notional_min.to_string()}});
    }
    return told;
}

Json bar_row(const ClosedBar& bar) {
    const int trades = bar.origin == BarOrigin::filled ? 0 : 3;
    return {to_ms(bar.open_time),
            bar.values.open.to_string(),
            bar.values.high.to_string(),
            bar.values.low.to_string(),
            bar.values.close.to_string(),
            bar.values.volume.to_string(),
            to_ms(bar.close_time()) - 1,
            "0",
            trades,
            "0",
            "0",
            "0"};
}

Json trade_frame(const Place& place, const Trade& trade) {
    return in_stream(place, trade.instrument, "@aggTrade",
                     {{"e", "aggTrade"},
                      {"E", to_ms(trade.venue_time)},
                      {"s", place.symbol(trade.instrument)},
                      {"a", trade.trade_id},
                      {"p", trade.price.to_string()},
                      {"q", trade.quantity.to_string()},
                      {"f", trade.trade_id},
                      {"l", trade.trade_id},
                      {"T", to_ms(trade.venue_time)},
                      {"m", trade.aggressor == Side::sell}});
}

Json quote_frame(const Place& place, const Quote& quote) {
    Json data{{"u", quote.sequence},        {"s", place.symbol(quote.instrument)},
              {"b", quote.bid.to_string()}, {"B", quote.bid_quantity.to_string()},
              {"a", quote.ask.to_string()}, {"A", quote.ask_quantity.to_string()}};
    if (!place.spot) {
        data["e"] = "bookTicker";
        data["E"] = data["T"] = to_ms(quote.venue_time);
    }
    return in_stream(place, quote.instrument, "@bookTicker", data);
}

Json bar_frame(const Place& place, const ClosedBar& bar, Timestamp now) {
    const std::string& symbol = place.symbol(bar.instrument);
    const int trades = bar.origin == BarOrigin::filled ? 0 : 3;
    return in_stream(place, bar.instrument, "@kline_" + interval(bar.length),
                     {{"e", "kline"},
                      {"E", to_ms(now)},
                      {"s", symbol},
                      {"k",
                       {{"t", to_ms(bar.open_time)},
                        {"T", to_ms(bar.close_time()) - 1},
                        {"s", symbol},
                        {"i", interval(bar.length)},
                        {"f", 1},
                        {"L", 3},
                        {"o", bar.values.open.to_string()},
                        {"c", bar.values.close.to_string()},
                        {"h", bar.values.high.to_string()},
                        {"l", bar.values.low.to_string()},
                        {"v", bar.values.volume.to_string()},
                        {"n", trades},
                        {"x", true}}}});
}

Json mark_frame(const Place& place, const MarkPrice& mark) {
    return in_stream(place, mark.instrument, "@markPrice@1s",
                     {{"e", "markPriceUpdate"},
                      {"E", to_ms(mark.venue_time)},
                      {"s", place.symbol(mark.instrument)},
                      {"p", mark.mark.to_string()},
                      {"i", mark.index.to_string()},
                      {"P", mark.mark.to_string()},
                      {"r", "0.00010000"},
                      {"T", to_ms(mark.venue_time) + 3'600'000}});
}

Json order_frame(const Place& place, const TrueOrder& order, const TrueFill* fill, Timestamp now) {
    if (place.spot) return spot_report(place, order, fill);
    if (is_algo(place, order)) return algo_report(place, order, now);
    return futures_report(place, order, fill, now);
}

}  // namespace plumb::venues::binance::served
