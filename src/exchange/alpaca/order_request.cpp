#include "exchange/alpaca/order_request.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/order_json.hpp"
#include "exchange/alpaca/text.hpp"

namespace plumb::exchange::alpaca {
namespace {

using Refused = std::optional<Response>;

const Decimal kCryptoCostMin{10};           // dollars, buys of pairs quoted in dollars
const Decimal kStockCostMin{1};             // dollars
const Decimal kCryptoNotionalMax{200'000};  // dollars

/// The fields of a body, read but not yet judged.
struct Wish {
    std::string symbol, side, type, time_in_force, client_id, order_class, intent;
    std::optional<Decimal> quantity, notional, limit, stop, trail_price, trail_percent;
    bool extended_hours = false;
};

std::optional<Wish> read_wish(const Json& body) {
    if (!body.is_object()) return std::nullopt;
    bool is_bad = false;
    Wish wish;
    wish.symbol = text_field(body, "symbol", is_bad);
    wish.side = text_field(body, "side", is_bad);
    wish.type = text_field(body, "type", is_bad);
    wish.time_in_force = text_field(body, "time_in_force", is_bad);
    wish.client_id = text_field(body, "client_order_id", is_bad);
    wish.order_class = text_field(body, "order_class", is_bad);
    wish.intent = text_field(body, "position_intent", is_bad);
    wish.quantity = decimal_field(body, "qty", is_bad);
    wish.notional = decimal_field(body, "notional", is_bad);
    wish.limit = decimal_field(body, "limit_price", is_bad);
    wish.stop = decimal_field(body, "stop_price", is_bad);
    wish.trail_price = decimal_field(body, "trail_price", is_bad);
    wish.trail_percent = decimal_field(body, "trail_percent", is_bad);
    wish.extended_hours = bool_field(body, "extended_hours", false, is_bad);
    if (is_bad) return std::nullopt;
    return wish;
}

std::optional<OrderType> parse_type(std::string_view text) {
    if (text == "market") return OrderType::market;
    if (text == "limit") return OrderType::limit;
    if (text == "stop") return OrderType::stop;
    if (text == "stop_limit") return OrderType::stop_limit;
    if (text == "trailing_stop") return OrderType::trailing_stop;
    return std::nullopt;
}

std::optional<TimeInForce> parse_time_in_force(std::string_view text) {
    if (text == "day") return TimeInForce::day;
    if (text == "gtc") return TimeInForce::good_till_canceled;
    if (text == "ioc") return TimeInForce::immediate_or_cancel;
    if (text == "fok") return TimeInForce::fill_or_kill;
    return std::nullopt;
}

bool needs_limit(OrderType type) { return type == OrderType::limit || type == OrderType::stop_limit; }

Refused check_words(const Wish& wish) {
    if (wish.order_class == "mleg") return invalid_field("mleg orders are for options only");
    if (wish.symbol.empty()) return invalid_field("symbol is required");
    if (wish.side.empty()) return invalid_field("side is required");
    if (wish.side != "buy" && wish.side != "sell") return invalid_field("invalid side");
    if (wish.type.empty()) return invalid_field("type is required");
    if (!parse_type(wish.type)) return invalid_field("invalid order type");
    if (wish.time_in_force.empty()) return invalid_field("time_in_force is required");
    if (kClientIdMax < wish.client_id.size()) {
        return invalid_field("client_order_id must be no more than 128 characters");
    }
    if (!wish.quantity && !wish.notional) return invalid_field("qty or notional is required");
    if (wish.quantity && wish.notional) return invalid_field("only one of qty or notional is accepted");
    if (wish.quantity && wish.quantity->sign() <= 0) return invalid_field("qty must be > 0");
    if (wish.notional && wish.notional->sign() <= 0) return invalid_field("notional must be > 0");
    return std::nullopt;
}

Refused check_prices(const Wish& wish, OrderType type) {
    if (type == OrderType::stop_limit && (!wish.limit || !wish.stop)) {
        return invalid_field("stop limit orders require both stop and limit price");
    }
    if (type == OrderType::limit && !wish.limit) return invalid_field("limit orders require a limit price");
    if (type == OrderType::stop && !wish.stop) return invalid_field("stop orders require a stop price");
    if (type == OrderType::market && (wish.limit || wish.stop)) {
        return invalid_field("market orders require no stop or limit price");
    }
    if (type == OrderType::limit && wish.stop) return invalid_field("limit orders require no stop price");
    if (type == OrderType::stop && wish.limit) return invalid_field("stop orders require no limit price");
    if (wish.limit && wish.limit->sign() <= 0) return invalid_field("limit price must be > 0");
    if (wish.stop && wish.stop->sign() <= 0) return invalid_field("stop price must be > 0");
    const bool is_trailing = type == OrderType::trailing_stop;
    if (!is_trailing && (wish.trail_price || wish.trail_percent)) {
        return invalid_field("trail_price and trail_percent are for trailing stop orders only");
    }
    if (is_trailing && wish.trail_price.has_value() == wish.trail_percent.has_value()) {
        return invalid_field("trailing stop orders must specify one of trail_price or trail_percent");
    }
    if (wish.trail_price && wish.trail_price->sign() <= 0) return invalid_field("trail_price must be > 0");
    if (wish.trail_percent && (wish.trail_percent->sign() <= 0 || Decimal{100} <= *wish.trail_percent)) {
        return invalid_field("trail_percent must be > 0 and < 100");
    }
    return std::nullopt;
}

Refused check_crypto(const Wish& wish, OrderType type) {
    if (!wish.order_class.empty() && wish.order_class != "simple") {
        // A bracket is one order that triggers a pair of which one cancels the other.
        const std::string_view name =
            wish.order_class == "bracket" ? "otoco" : std::string_view{wish.order_class};
        return unprocessable(fmt::format("crypto orders not allowed for advanced order_class: {}", name));
    }
    if (type == OrderType::stop || type == OrderType::trailing_stop) {
        return invalid_field("invalid order type for crypto order");
    }
    if (wish.time_in_force != "gtc" && wish.time_in_force != "ioc") {
        return unprocessable("invalid crypto time_in_force");
    }
    if (wish.extended_hours) return unprocessable("extended hours is not supported for crypto orders");
    return std::nullopt;
}

bool is_whole(Decimal value) { return value.is_multiple_of(Decimal{1}); }

Refused check_stock(const Wish& wish, OrderType type, const AccountState& account) {
    if (!wish.order_class.empty() && wish.order_class != "simple") {
        return unprocessable(fmt::format("{} orders are not enabled for this account", wish.order_class));
    }
    if (wish.time_in_force == "opg" || wish.time_in_force == "cls") {
        return unprocessable(
            fmt::format("{} orders are not accepted: there is no auction", wish.time_in_force));
    }
    if (!parse_time_in_force(wish.time_in_force)) return invalid_field("invalid time_in_force");
    if (wish.extended_hours &&
        (type != OrderType::limit || (wish.time_in_force != "day" && wish.time_in_force != "gtc"))) {
        return unprocessable("extended hours order must be DAY or GTC limit orders");
    }
    const bool is_fractional = wish.notional || !is_whole(*wish.quantity);
    if (!is_fractional) return std::nullopt;
    if (!account.settings.fractional_trading) {
        return forbidden("account is not allowed to trade fractional shares");
    }
    if (type == OrderType::trailing_stop) {
        return unprocessable("fractional orders must be market, limit, stop, or stop_limit orders");
    }
    if (wish.time_in_force != "day") return unprocessable("fractional orders must be DAY orders");
    if (wish.notional && 2 < wish.notional->decimals()) {
        return unprocessable("notional value must be limited to 2 decimal places");
    }
    return std::nullopt;
}

/// What the order is worth at its limit or at the price it would get now; zero where nothing is quoted.
Decimal cost_of(const Desk& desk, const OrderSpec& spec) {
    if (0 < spec.notional.sign()) return spec.notional.value;
    Price price = spec.limit;
    if (price.is_zero()) price = spec.stop;
    if (price.is_zero()) {
        const QuoteChanged quote = desk.model().quote(spec.instrument);
        price = spec.side == Side::buy ? quote.ask : quote.bid;
    }
    if (price.is_zero()) price = desk.price_of(spec.instrument);
    return Decimal::multiply(price.value, spec.quantity.value).value_or(Decimal{});
}

/// What a value buys; far more than anybody has where it is beyond a Decimal.
Decimal quantity_for(Money value, Price price) {
    return Decimal::divide(value.value, price.value).value_or(Decimal::power_of_ten(20));
}

Refused check_cost(const Desk& desk, const Asset& asset, const OrderSpec& spec) {
    const Decimal cost = cost_of(desk, spec);
    if (cost.is_zero()) return std::nullopt;
    if (asset.is_crypto && spec.side == Side::buy && asset.quote == "USD" && cost < kCryptoCostMin) {
        return forbidden("cost basis must be >= minimal amount of order 10");
    }
    if (asset.is_crypto && kCryptoNotionalMax < cost) {
        return forbidden("cost basis must be <= maximal amount of order 200000");
    }
    if (!asset.is_crypto && cost < kStockCostMin) {
        return forbidden("cost basis must be >= minimal amount of order 1");
    }
    return std::nullopt;
}

/// Alpaca's wash trade protection: the account may not have orders on both sides that could meet.
Refused check_wash_trade(const Desk& desk, const AccountState& account, const OrderSpec& spec,
                         Timestamp now) {
    for (const OrderRecord& other : desk.model().open_orders(account.access.account, spec.instrument, now)) {
        if (other.spec.side == spec.side) continue;
        const bool other_has_limit = needs_limit(other.spec.type);
        bool could_meet = !other_has_limit || !needs_limit(spec.type);
        if (!could_meet) {
            const Price buy = spec.side == Side::buy ? spec.limit : other.spec.limit;
            const Price sell = spec.side == Side::buy ? other.spec.limit : spec.limit;
            could_meet = sell <= buy;
        }
        if (!could_meet) continue;
        std::string body;
        JsonOut{body}
            .begin_object()
            .number("code", std::int64_t{40310000})
            .text("existing_order_id", order_id(desk, other.number))
            .text("message", "potential wash trade detected. use complex orders")
            .text("reject_reason", other_has_limit ? "opposite side limit order exists"
                                                   : "opposite side market/stop order exists")
            .end_object();
        return json_answer(403, std::move(body));
    }
    return std::nullopt;
}

Refused check_coins(const Desk& desk, const AccountState& account, const Asset& asset, const OrderSpec& spec,
                    Timestamp now) {
    const AccountId owner = account.access.account;
    if (spec.side == Side::buy) {
        const Balance cash = desk.model().balance(owner, desk.dollar(), now);
        const Decimal free = std::max(Decimal{}, cash.free());
        const Decimal cost = cost_of(desk, spec);
        if (free < cost) return insufficient_balance("USD", cost, free, cash.total);
        return std::nullopt;
    }
    const Balance coins = desk.model().balance(owner, desk.base_asset(asset.instrument), now);
    const Price price = desk.price_of(asset.instrument);
    Decimal wanted = spec.quantity.value;
    if (0 < spec.notional.sign() && 0 < price.sign()) wanted = quantity_for(spec.notional, price);
    if (coins.free() < wanted) return insufficient_balance(asset.base, wanted, coins.free(), coins.total);
    return std::nullopt;
}

Refused check_buying_power(const Desk& desk, const AccountState& account, Decimal cost, Timestamp now) {
    const Decimal power = desk.worth(account, now).buying_power;
    if (power < cost) return insufficient_buying_power(cost, power);
    return std::nullopt;
}

/// A position is closed before the other one is opened, and only whole shares may be short.
Refused check_shares(const Desk& desk, const AccountState& account, const Asset& asset, const OrderSpec& spec,
                     Timestamp now) {
    const Held held = desk.position(account, asset, now);
    const bool closes = (spec.side == Side::sell && 0 < held.quantity.sign()) ||
                        (spec.side == Side::buy && held.quantity.sign() < 0);
    Quantity wanted = spec.quantity;
    if (0 < spec.notional.sign() && 0 < held.price.sign()) {
        wanted = Quantity{quantity_for(spec.notional, held.price)};
    }
    if (closes) {
        if (held.available.abs() < wanted) {
            return insufficient_quantity(asset.symbol, wanted.value, held.available.abs().value,
                                         held.quantity.abs().value);
        }
        return std::nullopt;
    }
    if (spec.side == Side::buy) return check_buying_power(desk, account, cost_of(desk, spec), now);
    if (account.settings.no_shorting) return forbidden("account is not allowed to short");
    if (!asset.can_short) {
        return unprocessable(fmt::format("asset \"{}\" cannot be sold short", asset.symbol));
    }
    if (0 < spec.notional.sign() || !is_whole(spec.quantity.value)) {
        return unprocessable("fractional orders cannot be sold short");
    }
    // A short sale counts at its limit or three percent above the ask, whichever is more.
    const Price ask = desk.model().quote(spec.instrument).ask;
    const Decimal raised = ask.value * Decimal::from_units(Decimal::kOne / 100 * 103);
    const Decimal price = std::max(raised, spec.limit.value);
    return check_buying_power(desk, account,
                              Decimal::multiply(price, spec.quantity.value).value_or(Decimal{}), now);
}

std::string inferred_intent(const Desk& desk, const AccountState& account, const Asset& asset, Side side,
                            Timestamp now) {
    const Quantity quantity = desk.position(account, asset, now).quantity;
    if (side == Side::buy) return quantity.sign() < 0 ? "buy_to_close" : "buy_to_open";
    return asset.is_crypto || 0 < quantity.sign() ? "sell_to_close" : "sell_to_open";
}

OrderSpec spec_of(const Wish& wish, const Asset& asset, const AccountState& account, OrderType type,
                  Timestamp now) {
    OrderSpec spec;
    spec.account = account.access.account;
    spec.instrument = asset.instrument;
    spec.client_id = wish.client_id;
    spec.side = wish.side == "buy" ? Side::buy : Side::sell;
    spec.type = type;
    spec.time_in_force = *parse_time_in_force(wish.time_in_force);
    // More decimals than the increment are cut off without a word.
    if (wish.quantity) spec.quantity = Quantity{wish.quantity->quantized(asset.lot.value, Rounding::down)};
    if (wish.notional) spec.notional = Money{*wish.notional};
    if (wish.limit) spec.limit = Price{*wish.limit};
    if (wish.stop) spec.stop = Price{*wish.stop};
    if (wish.trail_price) spec.trail.distance = Price{*wish.trail_price};
    if (wish.trail_percent) spec.trail.fraction = *wish.trail_percent / Decimal{100};
    if (spec.time_in_force == TimeInForce::day) spec.expires_at = next_close_after(now).close;
    return spec;
}

Refused check_grid(const Wish& wish, const Asset& asset) {
    if (wish.limit) {
        if (auto refused = check_price(asset, "limit_price", *wish.limit)) return refused;
    }
    if (wish.stop) {
        if (auto refused = check_price(asset, "stop_price", *wish.stop)) return refused;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Response> check_price(const Asset& asset, const char* field, Decimal price) {
    if (asset.is_crypto) {
        if (price.is_multiple_of(asset.tick.value)) return std::nullopt;
        return unprocessable(fmt::format("invalid {} {}. price increment is {}", field, price.to_string(),
                                         asset.tick.to_string()));
    }
    if (price.decimals() <= (price < Decimal{1} ? 4 : 2)) return std::nullopt;
    return unprocessable(
        fmt::format("invalid {} {}. sub-penny increment does not fulfill minimum pricing criteria", field,
                    price.to_string()));
}

std::expected<OrderSpec, Response> read_order(Desk& desk, const AccountState& account, const Json& body,
                                              Timestamp now) {
    const auto no = [](Response response) { return std::unexpected{std::move(response)}; };
    const auto wish = read_wish(body);
    if (!wish) return no(bad_body());
    if (auto refused = check_words(*wish)) return no(std::move(*refused));
    const Asset* asset = desk.assets().find(wish->symbol);
    if (asset == nullptr) return no(unprocessable(fmt::format("asset \"{}\" not found", wish->symbol)));
    if (account.settings.suspend_trade) return no(forbidden("new orders are rejected by user request"));
    const OrderType type = *parse_type(wish->type);
    if (auto refused = asset->is_crypto ? check_crypto(*wish, type) : check_stock(*wish, type, account)) {
        return no(std::move(*refused));
    }
    if (auto refused = check_prices(*wish, type)) return no(std::move(*refused));
    if (wish->notional && type != OrderType::market) {
        return no(unprocessable("notional is allowed for market orders only"));
    }
    if (auto refused = check_grid(*wish, *asset)) return no(std::move(*refused));
    if (desk.model().status(asset->instrument) == TradingStatus::closed) {
        return no(unprocessable(fmt::format("asset {} is not active", asset->symbol)));
    }
    OrderSpec spec = spec_of(*wish, *asset, account, type, now);
    if (spec.notional.is_zero() && spec.quantity < asset->quantity_min) {
        return no(forbidden(
            fmt::format("qty must be >= minimal qty of order {}", asset->quantity_min.to_string())));
    }
    if (auto refused = check_cost(desk, *asset, spec)) return no(std::move(*refused));
    if (auto refused = check_wash_trade(desk, account, spec, now)) return no(std::move(*refused));
    if (auto refused = asset->is_crypto ? check_coins(desk, account, *asset, spec, now)
                                        : check_shares(desk, account, *asset, spec, now)) {
        return no(std::move(*refused));
    }
    const std::string intent = inferred_intent(desk, account, *asset, spec.side, now);
    if (!wish->intent.empty() && wish->intent != intent) {
        return no(unprocessable(
            fmt::format("position intent mismatch, inferred: {}, specified: {}", intent, wish->intent)));
    }
    if (spec.client_id.empty()) spec.client_id = desk.new_client_id();
    spec.note = OrderNote{.time_in_force = wish->time_in_force,
                          .intent = intent,
                          .extended_hours = wish->extended_hours,
                          .notional = spec.notional.value}
                    .text();
    return spec;
}

namespace {

Response refused_funds(const Desk& desk, const AccountState& account, const Asset& asset,
                       const OrderSpec& spec, Timestamp now) {
    const AccountId owner = account.access.account;
    const Decimal cost = cost_of(desk, spec);
    if (!asset.is_crypto) {
        return insufficient_buying_power(cost, desk.worth(account, now).buying_power);
    }
    if (spec.side == Side::buy) {
        const Balance cash = desk.model().balance(owner, desk.dollar(), now);
        return insufficient_balance("USD", cost, std::max(Decimal{}, cash.free()), cash.total);
    }
    const Balance coins = desk.model().balance(owner, desk.base_asset(asset.instrument), now);
    return insufficient_balance(asset.base, spec.quantity.value, coins.free(), coins.total);
}

Response refused_trigger(const Desk& desk, const OrderSpec& spec) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .number("code", std::int64_t{42210000})
        .amount("market_price", desk.price_of(spec.instrument).value)
        .text("message", spec.side == Side::sell ? "stop price must be less than current price"
                                                 : "stop price must be greater than current price")
        .amount("stop_price", spec.stop.value)
        .end_object();
    return json_answer(422, std::move(body));
}

}  // namespace

Response refused(const Desk& desk, const AccountState& account, const OrderSpec& spec, Refusal refusal,
                 Timestamp now) {
    const Asset& asset = desk.assets().of(spec.instrument);
    switch (refusal) {
        case Refusal::unknown_instrument:
            return unprocessable(fmt::format("asset \"{}\" not found", asset.symbol));
        case Refusal::not_trading: return unprocessable(fmt::format("asset {} is not active", asset.symbol));
        case Refusal::type_not_supported: return invalid_field("invalid order type");
        case Refusal::time_in_force_not_supported: return unprocessable("invalid time_in_force");
        case Refusal::quantity_below_min:
            return forbidden(
                fmt::format("qty must be >= minimal qty of order {}", asset.quantity_min.to_string()));
        case Refusal::quantity_above_max: return forbidden("qty is above the maximal qty of order");
        case Refusal::quantity_off_lot:
            return unprocessable(fmt::format("qty must be a multiple of {}", asset.lot.to_string()));
        case Refusal::price_missing: return invalid_field("limit orders require a limit price");
        case Refusal::price_off_tick:
            return unprocessable(fmt::format(
                "invalid limit_price {}. sub-penny increment does not fulfill minimum pricing criteria",
                spec.limit.to_string()));
        case Refusal::price_outside_band: return unprocessable("limit price is too far away from the market");
        case Refusal::trigger_would_fire: return refused_trigger(desk, spec);
        case Refusal::notional_below_min:
            return forbidden(
                fmt::format("cost basis must be >= minimal amount of order {}", asset.is_crypto ? 10 : 1));
        case Refusal::notional_above_max:
            return forbidden("cost basis must be <= maximal amount of order 200000");
        case Refusal::insufficient_funds: return refused_funds(desk, account, asset, spec, now);
        case Refusal::no_shorting:
            return asset.is_crypto ? refused_funds(desk, account, asset, spec, now)
                                   : forbidden("account is not allowed to short");
        case Refusal::duplicate_client_id: return invalid_field("client_order_id must be unique");
        case Refusal::too_many_orders: return forbidden("too many open orders");
        case Refusal::would_liquidate: return forbidden("insufficient buying power");
        case Refusal::unknown_order: return not_found("order not found");
        case Refusal::order_ended: return unprocessable("order is not open");
        case Refusal::nothing_to_change: return unprocessable("order parameters are not changed");
        case Refusal::not_replaceable: return unprocessable("unable to replace order in current state");
        case Refusal::post_only_would_take:
        case Refusal::reduce_only_would_not_reduce: return unprocessable("order is not accepted");
    }
    return unprocessable("order is not accepted");
}

}  // namespace plumb::exchange::alpaca
