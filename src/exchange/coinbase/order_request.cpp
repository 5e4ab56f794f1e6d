#include "exchange/coinbase/order_request.hpp"

#include <nlohmann/json.hpp>

namespace plumb::exchange::coinbase {

namespace {

using Parsed = std::expected<void, OrderTrouble>;

constexpr std::size_t kClientIdMax = 128;

std::unexpected<OrderTrouble> malformed(std::string_view words) {
    return std::unexpected{OrderTrouble{.malformed = words}};
}
std::unexpected<OrderTrouble> failed(Failure failure) {
    return std::unexpected{OrderTrouble{.failure = failure}};
}

Parsed parse_limit(const nlohmann::json& fields, OrderSpec& spec) {
    const auto limit = decimal_member(fields, "limit_price");
    if (!limit) return malformed("limit_price is required");
    if (limit->sign() <= 0) return failed(failure_of(Refusal::price_missing, false));
    spec.limit = Price{*limit};
    return {};
}

Parsed parse_base_size(const nlohmann::json& fields, OrderSpec& spec) {
    const auto size = decimal_member(fields, "base_size");
    if (!size) return malformed("base_size is required");
    if (size->sign() <= 0) return failed(failure_of(Refusal::quantity_below_min, false));
    spec.quantity = Quantity{*size};
    return {};
}

Parsed parse_market(const nlohmann::json& fields, OrderSpec& spec) {
    spec.type = OrderType::market;
    const bool has_quote = fields.contains("quote_size");
    if (has_quote == fields.contains("base_size")) {
        return malformed("exactly one of quote_size and base_size is required");
    }
    if (!has_quote) return parse_base_size(fields, spec);
    if (spec.side == Side::sell) {
        return failed({"UNSUPPORTED_ORDER_CONFIGURATION", "PREVIEW_INVALID_ORDER_CONFIG",
                       "quote_size is not supported for sell orders"});
    }
    const auto value = decimal_member(fields, "quote_size");
    if (!value) return malformed("quote_size is not a number");
    if (value->sign() <= 0) return failed(failure_of(Refusal::notional_below_min, true));
    spec.notional = Money{*value};
    return {};
}

Parsed parse_stop(const Desk& desk, const nlohmann::json& fields, OrderSpec& spec) {
    spec.type = OrderType::stop_limit;
    const auto stop = decimal_member(fields, "stop_price");
    if (!stop) return malformed("stop_price is required");
    if (stop->sign() <= 0) return failed(failure_of(Refusal::trigger_would_fire, false));
    spec.stop = Price{*stop};
    const std::string direction = text_member(fields, "stop_direction");
    const bool up = direction == "STOP_DIRECTION_STOP_UP";
    if (!up && direction != "STOP_DIRECTION_STOP_DOWN") return malformed("stop_direction is invalid");
    spec.takes_profit = up != (spec.side == Side::buy);
    const Price last = desk.model.last_price(spec.instrument);
    if (last.is_zero()) return {};
    if (up && spec.stop <= last) {
        return failed({"UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_BELOW_LAST_TRADE_PRICE",
                       "Stop price is below last trade price"});
    }
    if (!up && last <= spec.stop) {
        return failed({"UNKNOWN_FAILURE_REASON", "PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
                       "Stop price is above last trade price"});
    }
    return {};
}

Parsed parse_end(const nlohmann::json& fields, OrderSpec& spec, Timestamp now) {
    const Result<Timestamp> end = parse_timestamp(text_member(fields, "end_time"));
    if (!end) return malformed("end_time is invalid");
    if (*end <= now) return malformed("end_time must be in the future");
    spec.expires_at = *end;
    return {};
}

Parsed parse_configuration(const Desk& desk, const std::string& name, const nlohmann::json& fields,
                           OrderSpec& spec, Timestamp now) {
    spec.note = name;
    if (name == "market_market_ioc") return parse_market(fields, spec);
    const bool is_stop = name == "stop_limit_stop_limit_gtc" || name == "stop_limit_stop_limit_gtd";
    const bool is_known = is_stop || name == "sor_limit_ioc" || name == "limit_limit_gtc" ||
                          name == "limit_limit_gtd" || name == "limit_limit_fok";
    if (!is_known) {
        const bool exists = name == "market_market_fok" || name.starts_with("trigger_bracket_gt") ||
                            name == "twap_limit_gtd" || name == "scaled_limit_gtc";
        if (!exists) return malformed("order_configuration is invalid");
        return failed(failure_of(Refusal::type_not_supported, false));
    }
    spec.type = OrderType::limit;
    if (name == "sor_limit_ioc") spec.time_in_force = TimeInForce::immediate_or_cancel;
    if (name == "limit_limit_fok") spec.time_in_force = TimeInForce::fill_or_kill;
    if (const Parsed size = parse_base_size(fields, spec); !size) return size;
    if (const Parsed limit = parse_limit(fields, spec); !limit) return limit;
    if (name.ends_with("_gtd")) {
        if (const Parsed end = parse_end(fields, spec, now); !end) return end;
    }
    if (const auto post_only = fields.find("post_only"); post_only != fields.end() && !post_only->is_null()) {
        if (!post_only->is_boolean()) return malformed("post_only is not a boolean");
        spec.post_only = !is_stop && post_only->get<bool>();
    }
    return is_stop ? parse_stop(desk, fields, spec) : Parsed{};
}

}  // namespace

std::string text_member(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<Decimal> decimal_member(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !(found->is_string() || found->is_number())) return std::nullopt;
    const Result<Decimal> value =
        Decimal::parse(found->is_string() ? found->get_ref<const std::string&>() : found->dump());
    if (!value || Decimal{1'000'000'000'000} < value->abs()) return std::nullopt;
    return *value;
}

std::expected<OrderSpec, OrderTrouble> parse_order(const Desk& desk, AccountId account,
                                                   const nlohmann::json& request, Timestamp now) {
    OrderSpec spec;
    spec.account = account;
    spec.client_id = text_member(request, "client_order_id");
    if (kClientIdMax < spec.client_id.size()) return malformed("client_order_id is too long");
    const Product* product = desk.products.find(text_member(request, "product_id"));
    if (text_member(request, "product_id").empty()) return malformed("product_id is required");
    if (product == nullptr) return failed(failure_of(Refusal::unknown_instrument, false));
    spec.instrument = product->id;
    const std::string side = text_member(request, "side");
    if (side != "BUY" && side != "SELL") return malformed("side is invalid");
    spec.side = side == "BUY" ? Side::buy : Side::sell;
    const auto configuration = request.find("order_configuration");
    if (configuration == request.end() || !configuration->is_object() || configuration->size() != 1 ||
        !configuration->begin()->is_object()) {
        return malformed("order_configuration is required");
    }
    const Parsed parsed =
        parse_configuration(desk, configuration->begin().key(), *configuration->begin(), spec, now);
    if (!parsed) return std::unexpected{parsed.error()};
    return spec;
}

}  // namespace plumb::exchange::coinbase
