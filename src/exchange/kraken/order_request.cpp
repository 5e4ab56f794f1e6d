#include "exchange/kraken/order_request.hpp"

#include <algorithm>
#include <array>

#include "exchange/kraken/text.hpp"

namespace plumb::exchange::kraken {

namespace {

using Parsed = std::expected<void, OrderTrouble>;

constexpr std::size_t kClientIdMax = 100;
constexpr auto kTypes = std::to_array<std::string_view>(
    {"lmt", "post", "mkt", "ioc", "fok", "stp", "take_profit", "trailing_stop"});

std::unexpected<OrderTrouble> missing() {
    return std::unexpected{OrderTrouble{.error = "requiredArgumentMissing"}};
}
std::unexpected<OrderTrouble> invalid(std::string_view name) {
    return std::unexpected{OrderTrouble{.error = "invalidArgument", .detail = std::string{name}}};
}
std::unexpected<OrderTrouble> refused(std::string_view status) {
    return std::unexpected{OrderTrouble{.send_status = status}};
}

/// A number that is there and is one; zero where it is not there.
std::expected<Decimal, OrderTrouble> number(const Form& form, std::string_view name) {
    const std::string* text = form.find(name);
    if (text == nullptr || text->empty()) return Decimal{};
    const std::optional<Decimal> value = sane_decimal(*text);
    if (!value) return invalid(name);
    return *value;
}

std::expected<bool, OrderTrouble> flag(const Form& form, std::string_view name) {
    const std::string word = lower_case(form.get(name));
    if (word.empty() || word == "false") return false;
    if (word == "true") return true;
    return invalid(name);
}

/// The limit that protects a market order: 1 % beyond the best price of the other side.
Price protected_limit(const Desk& desk, InstrumentId instrument, Side side) {
    const QuoteChanged quote = desk.model.quote(instrument);
    const bool buys = side == Side::buy;
    Price best = buys ? quote.ask : quote.bid;
    if ((buys ? quote.ask_quantity : quote.bid_quantity).is_zero() || best.is_zero()) {
        best = desk.model.last_price(instrument);
    }
    if (best.is_zero()) best = desk.model.mark(instrument).mark;
    const Decimal factor =
        buys ? Decimal::from_units(Decimal::kOne / 100 * 101) : Decimal::from_units(Decimal::kOne / 100 * 99);
    const Price tick = desk.model.market(instrument).instrument.tick;
    const Price limit = Price{best.value * factor}.quantized(tick, buys ? Rounding::down : Rounding::up);
    return std::max(limit, tick);
}

Parsed parse_trigger(const Form& form, OrderSpec& spec) {
    const std::string signal = lower_case(form.get("triggerSignal"));
    if (signal.empty() || signal == "mark") {
        spec.trigger = TriggerPrice::mark;
    } else if (signal == "last") {
        spec.trigger = TriggerPrice::last;
    } else if (signal == "index" || signal == "spot") {
        spec.trigger = TriggerPrice::index;
    } else {
        return invalid("triggerSignal");
    }
    if (spec.type == OrderType::trailing_stop) {
        const auto deviation = number(form, "trailingStopMaxDeviation");
        if (!deviation) return std::unexpected{deviation.error()};
        const std::string_view unit = form.get("trailingStopDeviationUnit");
        if (deviation->is_zero() || unit.empty()) return missing();
        if (deviation->sign() < 0) return invalid("trailingStopMaxDeviation");
        if (unit == "PERCENT") {
            if (Decimal{50} < *deviation) return invalid("trailingStopMaxDeviation");
            spec.trail.fraction = *deviation / Decimal{100};
        } else if (unit == "QUOTE_CURRENCY") {
            spec.trail.distance = Price{*deviation};
        } else {
            return invalid("trailingStopDeviationUnit");
        }
        return {};
    }
    const auto stop = number(form, "stopPrice");
    if (!stop) return std::unexpected{stop.error()};
    if (!form.has("stopPrice")) return missing();
    if (stop->sign() <= 0) return refused("invalidPrice");
    spec.stop = Price{*stop};
    return {};
}

Parsed parse_type(Desk& desk, const Form& form, std::string_view type, OrderSpec& spec) {
    const auto limit = number(form, "limitPrice");
    if (!limit) return std::unexpected{limit.error()};
    if (limit->sign() < 0) return refused("invalidPrice");
    spec.limit = Price{*limit};
    spec.note = type;
    if (type == "mkt") {
        spec.type = OrderType::limit;
        spec.time_in_force = TimeInForce::immediate_or_cancel;
        spec.limit = protected_limit(desk, spec.instrument, spec.side);
        return {};
    }
    if (type == "stp" || type == "take_profit" || type == "trailing_stop") {
        spec.takes_profit = type == "take_profit";
        spec.type = spec.limit.is_zero() ? OrderType::stop : OrderType::stop_limit;
        if (type == "trailing_stop") {
            spec.type = OrderType::trailing_stop;
            spec.limit = Price{};
        }
        return parse_trigger(form, spec);
    }
    if (!form.has("limitPrice")) return missing();
    if (spec.limit.is_zero()) return refused("invalidPrice");
    spec.type = OrderType::limit;
    spec.post_only = type == "post";
    if (type == "ioc") spec.time_in_force = TimeInForce::immediate_or_cancel;
    if (type == "fok") spec.time_in_force = TimeInForce::fill_or_kill;
    return {};
}

/// A limit that crosses and is an order of magnitude away from the mark price: a fat finger.
bool is_outside_collar(const Desk& desk, const OrderSpec& spec) {
    const Price mark = desk.model.mark(spec.instrument).mark;
    if (mark.is_zero() || spec.limit.is_zero()) return false;
    return spec.side == Side::buy ? mark.value * Decimal{10} <= spec.limit.value
                                  : spec.limit.value * Decimal{10} <= mark.value;
}

}  // namespace

std::expected<OrderSpec, OrderTrouble> parse_order(Desk& desk, AccountId account, const Form& form,
                                                   Timestamp) {
    const std::string_view type = form.get("orderType");
    const std::string_view symbol = form.get("symbol");
    const std::string side = lower_case(form.get("side"));
    if (type.empty() || symbol.empty() || side.empty() || form.get("size").empty()) return missing();
    if (std::ranges::find(kTypes, type) == kTypes.end()) {
        return std::unexpected{OrderTrouble{.error = "invalidArgument", .is_bad_type = true}};
    }
    const Contract* contract = desk.contracts.find(symbol);
    if (contract == nullptr) return std::unexpected{OrderTrouble{.error = "contractNotFound"}};
    if (side != "buy" && side != "sell") return refused("invalidSide");
    const auto size = number(form, "size");
    if (!size) return std::unexpected{size.error()};
    if (size->sign() <= 0) return refused("invalidSize");
    const auto reduce_only = flag(form, "reduceOnly");
    if (!reduce_only) return std::unexpected{reduce_only.error()};

    OrderSpec spec;
    spec.account = account;
    spec.instrument = contract->id;
    spec.client_id = form.get("cliOrdId");
    if (kClientIdMax < spec.client_id.size()) return refused("clientOrderIdTooLong");
    spec.side = side == "buy" ? Side::buy : Side::sell;
    spec.quantity = Quantity{*size};
    spec.reduce_only = *reduce_only;
    spec.self_trade = desk.preferences(account).self_trade;
    if (const Parsed parsed = parse_type(desk, form, type, spec); !parsed) {
        return std::unexpected{parsed.error()};
    }
    if (spec.type == OrderType::limit && is_outside_collar(desk, spec)) return refused("outsidePriceCollar");
    return spec;
}

bool is_too_late(const Form& form, Timestamp now) {
    const std::string_view text = form.get("processBefore");
    if (text.empty()) return false;
    const Result<Timestamp> deadline = parse_timestamp(text);
    return deadline.has_value() && *deadline < now;
}

}  // namespace plumb::exchange::kraken
