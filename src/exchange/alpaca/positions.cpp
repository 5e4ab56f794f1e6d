#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/order_json.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

Decimal rounded(Decimal value, int decimals = 9) {
    return value.quantized(Decimal::power_of_ten(-decimals), Rounding::nearest);
}

Decimal ratio(Decimal part, Decimal whole) { return whole.is_zero() ? Decimal{} : rounded(part / whole, 16); }

void write_position(JsonOut& out, const Held& held) {
    const Decimal quantity = held.quantity.value;
    const Decimal value = quantity * held.price.value;
    const Decimal cost = quantity * held.entry.value;
    const Decimal day_change = quantity * (held.price.value - held.day_price.value);
    const Asset& asset = *held.asset;
    out.begin_object();
    out.text("asset_id", asset.id);
    out.text("symbol", asset.position);
    out.text("exchange", asset.is_crypto ? "CRYPTO" : "NASDAQ");
    out.text("asset_class", asset.is_crypto ? "crypto" : "us_equity");
    out.boolean("asset_marginable", !asset.is_crypto);
    out.amount("qty", quantity);
    out.amount("avg_entry_price", rounded(held.entry.value));
    out.text("side", 0 < quantity.sign() ? "long" : "short");
    out.amount("market_value", rounded(value));
    out.amount("cost_basis", rounded(cost));
    out.amount("unrealized_pl", rounded(value - cost));
    out.amount("unrealized_plpc", ratio(value - cost, cost.abs()));
    out.amount("unrealized_intraday_pl", rounded(day_change));
    out.amount("unrealized_intraday_plpc", ratio(day_change, (quantity * held.day_price.value).abs()));
    out.amount("current_price", held.price.value);
    out.amount("lastday_price", held.day_price.value);
    out.amount("change_today", ratio(held.price.value - held.day_price.value, held.day_price.value));
    out.amount("qty_available", held.available.value);
    out.end_object();
}

Response list_positions(const Desk& desk, const AccountState& account, Timestamp now) {
    std::string body;
    JsonOut out{body};
    out.begin_array();
    for (const Held& held : desk.positions(account, now)) write_position(out, held);
    out.end_array();
    return json_answer(200, std::move(body));
}

std::optional<Held> find_position(const Desk& desk, const AccountState& account, const Asset& asset,
                                  Timestamp now) {
    for (const Held& held : desk.positions(account, now)) {
        if (held.asset == &asset) return held;
    }
    return std::nullopt;
}

/// The market order that closes this much of a position.
OrderSpec closing_order(Desk& desk, const AccountState& account, const Held& held, Quantity quantity,
                        Timestamp now) {
    const Asset& asset = *held.asset;
    const bool is_long = 0 < held.quantity.sign();
    OrderSpec spec;
    spec.account = account.access.account;
    spec.instrument = asset.instrument;
    spec.client_id = desk.new_client_id();
    spec.side = is_long ? Side::sell : Side::buy;
    spec.type = OrderType::market;
    spec.time_in_force = asset.is_crypto ? TimeInForce::good_till_canceled : TimeInForce::day;
    if (!asset.is_crypto) spec.expires_at = next_close_after(now).close;
    spec.quantity = quantity;
    spec.note = OrderNote{.time_in_force = asset.is_crypto ? "gtc" : "day",
                          .intent = is_long ? "sell_to_close" : "buy_to_close",
                          .extended_hours = false,
                          .notional = {}}
                    .text();
    return spec;
}

Response close_position(Desk& desk, const AccountState& account, const Held& held, const Query& query,
                        Timestamp now) {
    Decimal wanted = held.quantity.value.abs();
    if (const auto text = query.get("qty"); !text.empty()) {
        const auto quantity = parse_number(text);
        if (!quantity || quantity->sign() <= 0) return invalid_field(fmt::format("invalid qty: {}", text));
        wanted = *quantity;
    } else if (const auto percent_text = query.get("percentage"); !percent_text.empty()) {
        const auto percent = parse_number(percent_text);
        if (!percent || percent->sign() <= 0 || Decimal{100} < *percent) {
            return invalid_field(fmt::format("invalid percentage: {}", percent_text));
        }
        wanted = wanted * *percent / Decimal{100};
    }
    const Quantity quantity = Quantity{wanted}.quantized(held.asset->lot, Rounding::down);
    if (quantity.is_zero()) return unprocessable("qty must be > 0");
    if (held.available.abs() < quantity) {
        return insufficient_quantity(held.asset->position, quantity.value, held.available.abs().value,
                                     held.quantity.abs().value);
    }
    return submit_order(desk, account, closing_order(desk, account, held, quantity, now), now);
}

Response close_all(Desk& desk, const AccountState& account, const Call& call) {
    if (call.query.get("cancel_orders") == "true") {
        desk.model().cancel_all(account.access.account, std::nullopt, EndReason::by_owner, call.now);
    }
    std::string body;
    JsonOut out{body};
    out.begin_array();
    const Query whole{""};
    for (const Held& held : desk.positions(account, call.now)) {
        const Response closed = close_position(desk, account, held, whole, call.now);
        out.begin_object();
        out.text("symbol", held.asset->position);
        out.number("status", std::int64_t{closed.status});
        out.key("body").raw(closed.body);
        out.end_object();
    }
    out.end_array();
    return json_answer(207, std::move(body));
}

}  // namespace

std::optional<Response> answer_positions(Desk& desk, AccountState& account, const Call& call) {
    if (call.path.front() != "positions") return std::nullopt;
    if (call.path.size() == 1) {
        if (call.method == "GET") return list_positions(desk, account, call.now);
        if (call.method == "DELETE") return close_all(desk, account, call);
        return std::nullopt;
    }
    // A client may send BTC/USD with a bare slash.
    if (3 < call.path.size() || (call.method != "GET" && call.method != "DELETE")) return std::nullopt;
    const std::string name = call.path.size() == 3 ? call.path[1] + "/" + call.path[2] : call.path[1];
    const Asset* asset = desk.assets().find(name);
    if (asset == nullptr) return not_found(fmt::format("symbol not found: {}", name));
    const auto held = find_position(desk, account, *asset, call.now);
    if (!held) return not_found("position does not exist");
    if (call.method == "DELETE") return close_position(desk, account, *held, call.query, call.now);
    std::string body;
    JsonOut out{body};
    write_position(out, *held);
    return json_answer(200, std::move(body));
}

}  // namespace plumb::exchange::alpaca
