#include "venues/alpaca/testing/words.hpp"

#include <fmt/format.h>

namespace plumb::venues::alpaca::served {
namespace {

std::string_view type_word(OrderType type) {
    switch (type) {
        case OrderType::market: return "market";
        case OrderType::limit: return "limit";
        case OrderType::stop: return "stop";
        case OrderType::stop_limit: return "stop_limit";
        case OrderType::trailing_stop: return "trailing_stop";
    }
    return "";
}

std::string_view time_in_force_word(TimeInForce time_in_force) {
    switch (time_in_force) {
        case TimeInForce::day: return "day";
        case TimeInForce::good_till_canceled: return "gtc";
        case TimeInForce::immediate_or_cancel: return "ioc";
        case TimeInForce::fill_or_kill: return "fok";
    }
    return "";
}

std::string_view status_word(const conformance::TrueOrder& order) {
    switch (order.state) {
        case OrderState::intended:
        case OrderState::unknown: return "pending_new";
        case OrderState::working: return "new";
        case OrderState::partially_filled: return "partially_filled";
        case OrderState::filled: return "filled";
        case OrderState::canceled: return "canceled";
        case OrderState::rejected: return "rejected";
    }
    return "";
}

std::string text_or_null(const std::string& text) {
    return text.empty() ? std::string{"null"} : fmt::format("\"{}\"", text);
}
std::string price_or_null(Price price) {
    return text_or_null(price.is_zero() ? std::string{} : price.to_string());
}

}  // namespace

std::string time_text(Timestamp time) {
    std::string text = to_iso(time);
    text.pop_back();
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text + "Z";
}

std::string symbol_of(const conformance::ServedInstrument& each) { return each.symbol; }
std::string slashless(const conformance::ServedInstrument& each) {
    return each.instrument.base + each.instrument.quote;
}

std::string order_json(const conformance::TrueOrder& order, const std::string& symbol) {
    const std::string updated = time_text(order.updated_at), created = time_text(order.created_at);
    const auto at = [&](OrderState state) {
        return text_or_null(order.state == state ? updated : std::string{});
    };
    return fmt::format(
        R"({{"id":"{}","client_order_id":"{}","created_at":"{}","updated_at":"{}","submitted_at":"{}",)"
        R"("filled_at":{},"expired_at":null,"canceled_at":{},"failed_at":{},"replaced_at":null,)"
        R"("replaced_by":null,"replaces":{},"asset_id":"276e2673-764b-4ab6-a611-caf665ca6340",)"
        R"("symbol":"{}","asset_class":"crypto","notional":null,"qty":"{}","filled_qty":"{}",)"
        R"("filled_avg_price":{},"order_class":"","order_type":"{}","type":"{}","side":"{}",)"
        R"("time_in_force":"{}","limit_price":{},"stop_price":{},"status":"{}","extended_hours":false,)"
        R"("legs":null,"trail_percent":null,"trail_price":null,"hwm":null,"subtag":null,"source":null}})",
        order.venue, order.client, created, updated, created, at(OrderState::filled),
        at(OrderState::canceled), at(OrderState::rejected), text_or_null(order.replaces), symbol,
        order.quantity.to_string(), order.filled.to_string(), price_or_null(order.average),
        type_word(order.type), type_word(order.type), to_string(order.side),
        time_in_force_word(order.time_in_force), price_or_null(order.limit), price_or_null(order.stop),
        status_word(order));
}

std::string activity_json(const conformance::TrueFill& fill, const std::string& symbol, Quantity sum,
                          bool is_last) {
    return fmt::format(
        R"({{"id":"20261120070000000::{}","activity_type":"FILL","transaction_time":"{}","type":"{}",)"
        R"("price":"{}","qty":"{}","side":"{}","symbol":"{}","leaves_qty":"0","order_id":"{}",)"
        R"("cum_qty":"{}","order_status":"filled"}})",
        fill.execution, time_text(fill.at), is_last ? "fill" : "partial_fill", fill.price.to_string(),
        fill.quantity.to_string(), to_string(fill.side), symbol, fill.venue, sum.to_string());
}

std::string account_json(const conformance::Truth& truth) {
    std::string cash = "0", free = "0";
    for (const wire::Balance& each : truth.balances) {
        if (each.asset.view() != "USD") continue;
        cash = each.total.to_string();
        free = each.available.to_string();
    }
    return fmt::format(
        R"({{"id":"e6fe16f3-64a4-4921-8928-cadf02f92f98","account_number":"PA3XTEST","status":"ACTIVE",)"
        R"("crypto_status":"ACTIVE","currency":"USD","cash":"{}","portfolio_value":"{}","equity":"{}",)"
        R"("buying_power":"{}","non_marginable_buying_power":"{}","initial_margin":"0","multiplier":"1",)"
        R"("shorting_enabled":false,"trading_blocked":false,"transfers_blocked":false,)"
        R"("account_blocked":false,"trade_suspended_by_user":false,"created_at":"2026-01-02T15:00:00Z"}})",
        cash, cash, cash, free, free);
}

std::string asset_json(const conformance::ServedInstrument& each) {
    return fmt::format(
        R"({{"id":"276e2673-764b-4ab6-a611-caf665ca6340","class":"crypto","exchange":"CRYPTO",)"
        R"("symbol":"{}","name":"{} / US Dollar","status":"active","tradable":true,"marginable":false,)"
        R"("maintenance_margin_requirement":100,"shortable":false,"easy_to_borrow":false,)"
        R"("fractionable":true,"attributes":[],"min_order_size":"{}","min_trade_increment":"{}",)"
        R"("price_increment":"{}"}})",
        each.symbol, each.instrument.base, each.instrument.quantity_min.to_string(),
        each.instrument.lot.to_string(), each.instrument.tick.to_string());
}

std::string bar_json(const ClosedBar& bar) {
    return fmt::format(R"("t":"{}","o":{},"h":{},"l":{},"c":{},"v":{},"n":{},"vw":{})",
                       time_text(bar.open_time), bar.values.open.to_string(), bar.values.high.to_string(),
                       bar.values.low.to_string(), bar.values.close.to_string(),
                       bar.values.volume.to_string(), bar.values.volume.is_zero() ? 0 : 7,
                       bar.values.close.to_string());
}

std::string trade_json(const Trade& trade) {
    return fmt::format(R"("t":"{}","p":{},"s":{},"tks":"{}","i":{})", time_text(trade.venue_time),
                       trade.price.to_string(), trade.quantity.to_string(),
                       trade.aggressor == Side::buy ? "B" : "S", trade.trade_id);
}

std::string quote_json(const Quote& quote) {
    return fmt::format(R"("t":"{}","bp":{},"bs":{},"ap":{},"as":{})", time_text(quote.venue_time),
                       quote.bid.to_string(), quote.bid_quantity.to_string(), quote.ask.to_string(),
                       quote.ask_quantity.to_string());
}

}  // namespace plumb::venues::alpaca::served
